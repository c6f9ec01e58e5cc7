// SPDX-License-Identifier: Apache-2.0
//
// Which follower feeds which observer: 1 leads, 2 and 3 follow, the others observe.
#include "zab/feeders.h"

#include <map>

#include <gtest/gtest.h>

namespace paddock::zab {
namespace {

constexpr ServerId kLeader{1};
constexpr ServerId kTwo{2};
constexpr ServerId kThree{3};
constexpr MonotonicTime kNow{seconds(100)};
constexpr Duration kRetry = seconds(5);

election::ServerSet observers(int count) {
  election::ServerSet found;
  for (int i = 0; i < count; ++i) found.insert(ServerId{10 + i});
  return found;
}

class FeedersTest : public testing::Test {
 protected:
  /// Everybody's feeder by the orders of one review.
  std::map<ServerId, Feeders::Order> review(const election::ServerSet& fed,
                                            const election::ServerSet& followers,
                                            MonotonicTime now = kNow) {
    std::map<ServerId, Feeders::Order> orders;
    for (const Feeders::Order& order : feeders_.review(fed, followers, now)) {
      EXPECT_TRUE(orders.emplace(order.observer, order).second);
    }
    feeders_.check_invariants();
    return orders;
  }

  Feeders feeders_{kLeader, kRetry};
};

TEST_F(FeedersTest, SpreadsEvenlyAndLeavesItAtThat) {
  const auto orders = review(observers(10), {kTwo, kThree});
  ASSERT_EQ(orders.size(), 10U);
  int of_two = 0;
  for (const auto& [observer, order] : orders) {
    EXPECT_TRUE(feeders_.is_fed(observer));
    EXPECT_EQ(feeders_.feeder_of(observer), order.feeder);
    if (order.feeder == kTwo) ++of_two;
  }
  EXPECT_EQ(of_two, 5);
  EXPECT_TRUE(review(observers(10), {kTwo, kThree}).empty());
}

TEST_F(FeedersTest, WithoutFollowersTheLeaderFeeds) {
  EXPECT_TRUE(review(observers(3), {}).empty());
  EXPECT_FALSE(feeders_.is_fed(ServerId{10}));
}

TEST_F(FeedersTest, WhoseFollowerIsGoneGetsTheOtherOneOrTheLeader) {
  static_cast<void>(review(observers(4), {kTwo, kThree}));
  const auto moved = review(observers(4), {kThree});
  ASSERT_EQ(moved.size(), 2U);
  for (const auto& [observer, order] : moved) EXPECT_EQ(order.feeder, kThree);

  const auto back = review(observers(4), {});
  ASSERT_EQ(back.size(), 4U);
  for (const auto& [observer, order] : back) {
    EXPECT_EQ(order.feeder, kLeader);
    EXPECT_EQ(feeders_.feeder_of(observer), std::nullopt);
    EXPECT_TRUE(feeders_.is_fed(observer));  // until it asks
    EXPECT_TRUE(feeders_.on_request(observer, order.turn, kNow));
    EXPECT_FALSE(feeders_.is_fed(observer));
  }
  // It was told so, and did not come by itself.
  EXPECT_EQ(review(observers(4), {kTwo}).size(), 4U);
}

TEST_F(FeedersTest, WhoMayNotBeFedAnyMoreComesBack) {
  static_cast<void>(review(observers(2), {kTwo}));
  const auto back = review(observers(1), {kTwo});
  ASSERT_EQ(back.size(), 1U);
  EXPECT_EQ(back.at(ServerId{11}).feeder, kLeader);
  EXPECT_TRUE(review(observers(1), {kTwo}).empty());
}

TEST_F(FeedersTest, WhoComesBackByItselfIsLeftWithTheLeaderForAWhile) {
  const auto first = review(observers(1), {kTwo, kThree});
  const Feeders::Order order = first.at(ServerId{10});
  EXPECT_EQ(order.feeder, kTwo);
  EXPECT_TRUE(feeders_.on_request(ServerId{10}, order.turn, kNow));
  EXPECT_TRUE(review(observers(1), {kTwo, kThree}, kNow + (kRetry - milliseconds(1))).empty());
  const auto again = review(observers(1), {kTwo, kThree}, kNow + kRetry);
  EXPECT_EQ(again.at(ServerId{10}).feeder, kThree);  // not the one that has just failed
}

TEST_F(FeedersTest, TheOnlyFollowerIsTriedAgain) {
  const auto first = review(observers(1), {kTwo});
  EXPECT_TRUE(feeders_.on_request(ServerId{10}, first.at(ServerId{10}).turn, kNow));
  EXPECT_EQ(review(observers(1), {kTwo}, kNow + kRetry).at(ServerId{10}).feeder, kTwo);
}

TEST_F(FeedersTest, ARequestOfAnEarlierTurnDoesNotCount) {
  const auto first = review(observers(1), {kTwo});
  static_cast<void>(review(observers(1), {kThree}));
  EXPECT_FALSE(feeders_.on_request(ServerId{10}, first.at(ServerId{10}).turn, kNow));
  EXPECT_EQ(feeders_.feeder_of(ServerId{10}), kThree);
}

TEST_F(FeedersTest, WhoJoinsAnewIsFedByTheLeaderFirstAndItsTurnsAreNew) {
  const auto first = review(observers(1), {kTwo});
  feeders_.forget(ServerId{10});
  EXPECT_FALSE(feeders_.is_fed(ServerId{10}));
  const auto again = review(observers(1), {kTwo});
  EXPECT_GT(again.at(ServerId{10}).turn, first.at(ServerId{10}).turn);
}

}  // namespace
}  // namespace paddock::zab
