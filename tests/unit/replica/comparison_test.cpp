// SPDX-License-Identifier: Apache-2.0
#include "replica/comparison.h"

#include <gtest/gtest.h>

#include "replica/digest_history.h"

namespace paddock::replica {
namespace {

using election::ServerSet;

constexpr ServerId kOne{1};
constexpr ServerId kTwo{2};
constexpr ServerId kThree{3};
constexpr ServerId kObserver{4};

election::Quorums three() {
  election::Quorums quorums;
  quorums.committed.voters = {kOne, kTwo, kThree};
  quorums.committed.observers = {kObserver};
  return quorums;
}

TEST(Comparison, FindsNothingWhereAllAreEqual) {
  Comparison comparison(Zxid{7});
  for (const ServerId server : {kOne, kTwo, kThree, kObserver}) comparison.add(server, 5);
  EXPECT_FALSE(comparison.differs());
  EXPECT_TRUE(comparison.wrong(three(), {kOne, kTwo, kThree}).empty());
}

TEST(Comparison, RightIsWhatAQuorumHas) {
  Comparison comparison(Zxid{7});
  comparison.add(kOne, 6);
  comparison.add(kTwo, 5);
  comparison.add(kThree, 5);
  comparison.add(kObserver, 4);
  EXPECT_TRUE(comparison.differs());
  EXPECT_EQ(comparison.wrong(three(), {kOne, kTwo, kThree}), (ServerSet{kOne, kObserver}));
}

TEST(Comparison, WithoutAQuorumNobodyIsWrong) {
  Comparison comparison(Zxid{7});
  comparison.add(kOne, 6);
  comparison.add(kTwo, 5);
  comparison.add(kObserver, 5);
  EXPECT_TRUE(comparison.differs());
  EXPECT_TRUE(comparison.wrong(three(), {kOne, kTwo}).empty());
}

TEST(Comparison, WhoMayNotVoteIsNoPartOfTheQuorum) {
  Comparison comparison(Zxid{7});
  comparison.add(kOne, 6);
  comparison.add(kTwo, 5);
  comparison.add(kThree, 5);
  EXPECT_TRUE(comparison.wrong(three(), {kOne, kTwo}).empty());
}

TEST(Comparison, TheLastAnswerOfAServerCounts) {
  Comparison comparison(Zxid{7});
  for (const ServerId server : {kOne, kTwo, kThree}) comparison.add(server, 5);
  comparison.add(kTwo, 6);
  comparison.add(kThree, 6);
  EXPECT_EQ(comparison.wrong(three(), {kOne, kTwo, kThree}), ServerSet{kOne});
  comparison.add(kTwo, 5);
  comparison.add(kThree, 5);
  EXPECT_FALSE(comparison.differs());
}

TEST(DigestHistory, KnowsTheLastTransactions) {
  DigestHistory history;
  for (std::int64_t zxid = 1; zxid <= 5000; ++zxid) {
    history.note(Zxid{zxid}, static_cast<std::uint64_t>(zxid) * 3);
  }
  EXPECT_EQ(history.at(Zxid{5000}), 15000U);
  EXPECT_EQ(history.at(Zxid{1000}), 3000U);
  EXPECT_EQ(history.at(Zxid{1}), std::nullopt);
  EXPECT_EQ(history.at(Zxid{5001}), std::nullopt);
  history.clear();
  EXPECT_EQ(history.at(Zxid{5000}), std::nullopt);
}

}  // namespace
}  // namespace paddock::replica
