// SPDX-License-Identifier: Apache-2.0
//
// An observer whose leader is 1, with followers 2 and 3, of which 4 is not linked.
#include "zab/source.h"

#include <gtest/gtest.h>

#include "zab_fixture.h"

namespace paddock::zab {
namespace {

constexpr ServerId kLeader{1};
constexpr ServerId kTwo{2};
constexpr ServerId kThree{3};
constexpr ServerId kNotLinked{4};
constexpr MonotonicTime kNow{seconds(100)};

class SourceTest : public testing::Test {
 protected:
  SourceTest() {
    for (const ServerId id : {kLeader, kTwo, kThree}) state_.linked.insert(id);
  }
  Effects order(ServerId server, std::uint64_t turn) {
    Effects effects;
    source_.on(state_, FeedFrom{.epoch = kEpoch, .server = server, .turn = turn}, effects);
    return effects;
  }

  State state_ = state_of(ServerId{10}, 10, 20);
  Source source_{kLeader};
};

TEST_F(SourceTest, AsksWhomTheLeaderNames) {
  EXPECT_FALSE(source_.is_fed());
  const auto requests = sent_to<FeedRequest>(kTwo, order(kTwo, 1));
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].epoch, kEpoch);
  EXPECT_EQ(requests[0].turn, 1U);
  EXPECT_EQ(requests[0].last, zxid_of(20));
  EXPECT_EQ(source_.server(), kTwo);
}

TEST_F(SourceTest, SaysHowMuchIsDurable) {
  state_.durable = zxid_of(15);
  EXPECT_EQ(sent_to<FeedRequest>(kTwo, order(kTwo, 1)).at(0).durable, zxid_of(15));
}

TEST_F(SourceTest, LeavesOneForTheNextAndForTheLeader) {
  static_cast<void>(order(kTwo, 1));
  const Effects next = order(kThree, 2);
  EXPECT_EQ(sent_to<FeedEnd>(kTwo, next).at(0).turn, 1U);
  EXPECT_EQ(sent_to<FeedRequest>(kThree, next).at(0).turn, 2U);
  const Effects back = order(kLeader, 3);
  EXPECT_EQ(sent_to<FeedEnd>(kThree, back).at(0).turn, 2U);
  EXPECT_EQ(sent_to<FeedRequest>(kLeader, back).at(0).turn, 3U);
  EXPECT_FALSE(source_.is_fed());
  EXPECT_TRUE(order(kTwo, 2).sends.empty());  // late
}

TEST_F(SourceTest, GoesBackAtOnceWhereThereIsNoLink) {
  const Effects effects = order(kNotLinked, 1);
  EXPECT_EQ(sent_to<FeedRequest>(kLeader, effects).size(), 1U);
  EXPECT_EQ(effects.sends.size(), 1U);
  EXPECT_FALSE(source_.is_fed());
}

TEST_F(SourceTest, GoesBackWhenTheFollowerEndsOrItsLinkBreaks) {
  static_cast<void>(order(kTwo, 1));
  Effects late;
  source_.on(state_, kTwo, FeedEnd{.epoch = kEpoch, .turn = 0}, late);
  source_.on(state_, kThree, FeedEnd{.epoch = kEpoch, .turn = 1}, late);
  source_.on_link_down(state_, kThree, late);
  EXPECT_TRUE(late.sends.empty());
  Effects effects;
  source_.on(state_, kTwo, FeedEnd{.epoch = kEpoch, .turn = 1}, effects);
  EXPECT_EQ(sent_to<FeedRequest>(kLeader, effects).size(), 1U);
  EXPECT_EQ(effects.sends.size(), 1U);

  static_cast<void>(order(kTwo, 2));
  state_.linked.erase(kTwo);
  Effects broken;
  source_.on_link_down(state_, kTwo, broken);
  EXPECT_EQ(sent_to<FeedRequest>(kLeader, broken).at(0).turn, 2U);
  EXPECT_EQ(broken.sends.size(), 1U);
}

TEST_F(SourceTest, GoesBackWhenTheFollowerDoesNotKeepUp) {
  static_cast<void>(order(kTwo, 1));
  source_.expect(state_, zxid_of(20), kNow);  // is here
  EXPECT_EQ(source_.next_time(), MonotonicTime{Duration::max()});
  source_.expect(state_, zxid_of(22), kNow);
  source_.expect(state_, zxid_of(30), kNow + milliseconds(100));
  EXPECT_EQ(source_.next_time(), kNow + state_.options.feed_lag_max);
  Effects early;
  source_.on_time(state_, kNow + (state_.options.feed_lag_max - milliseconds(1)), early);
  EXPECT_TRUE(early.sends.empty());
  Effects effects;
  source_.on_time(state_, source_.next_time(), effects);
  EXPECT_EQ(sent_to<FeedEnd>(kTwo, effects).size(), 1U);
  EXPECT_EQ(sent_to<FeedRequest>(kLeader, effects).size(), 1U);
  EXPECT_EQ(source_.next_time(), MonotonicTime{Duration::max()});
}

TEST_F(SourceTest, StaysWithAFollowerThatKeepsUp) {
  static_cast<void>(order(kTwo, 1));
  source_.expect(state_, zxid_of(22), kNow);
  state_.append(batch_of(21, 22));
  source_.on_appended(state_);
  EXPECT_EQ(source_.next_time(), MonotonicTime{Duration::max()});
}

TEST_F(SourceTest, TheRolesEndIsTheFollowersEnd) {
  Effects none;
  source_.leave(state_, none);
  EXPECT_TRUE(none.sends.empty());
  static_cast<void>(order(kTwo, 1));
  Effects effects;
  source_.leave(state_, effects);
  EXPECT_EQ(sent_to<FeedEnd>(kTwo, effects).at(0).turn, 1U);
}

}  // namespace
}  // namespace paddock::zab
