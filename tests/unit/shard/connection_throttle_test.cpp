// SPDX-License-Identifier: Apache-2.0
#include "shard/connection_throttle.h"

#include <gtest/gtest.h>

namespace paddock::shard {
namespace {

constexpr MonotonicTime kStart{seconds(100)};

int admitted(ConnectionThrottle& throttle, int tries, MonotonicTime now, bool is_new = true) {
  int count = 0;
  for (int i = 0; i < tries; ++i) count += throttle.admit(is_new, now) ? 1 : 0;
  return count;
}

TEST(ConnectionThrottle, IsOffWithoutTokens) {
  ConnectionThrottle throttle({}, 1);
  EXPECT_EQ(admitted(throttle, 1000, kStart), 1000);
}

TEST(ConnectionThrottle, TheBucketEmptiesAndFillsWithTime) {
  ConnectionThrottle throttle({.tokens = 10, .fill_time = milliseconds(100), .fill_count = 2}, 1);
  EXPECT_EQ(admitted(throttle, 50, kStart), 10);
  EXPECT_EQ(admitted(throttle, 50, kStart + milliseconds(50)), 0);
  EXPECT_EQ(admitted(throttle, 50, kStart + milliseconds(100)), 2);
  EXPECT_EQ(admitted(throttle, 50, kStart + milliseconds(399)), 4);
  EXPECT_EQ(admitted(throttle, 50, kStart + seconds(1000)), 10);
}

TEST(ConnectionThrottle, KindsOfSessionsTakeDifferentNumbersOfTokens) {
  ConnectionThrottle throttle(
      {.tokens = 10, .fill_time = seconds(1000), .new_session_weight = 3, .old_session_weight = 2},
      1);
  EXPECT_EQ(admitted(throttle, 2, kStart), 2);
  EXPECT_EQ(admitted(throttle, 5, kStart, false), 2);
}

TEST(ConnectionThrottle, WhileTheBucketIsEmptyMoreAreTurnedAwayByChance) {
  ConnectionThrottle throttle({.tokens = 1,
                               .fill_time = seconds(1000),
                               .freeze_time = milliseconds(1),
                               .drop_increase = 0.5,
                               .drop_decrease = 0.1},
                              1);
  EXPECT_TRUE(throttle.admit(true, kStart));
  EXPECT_EQ(throttle.drop_probability(), 0);
  EXPECT_FALSE(throttle.admit(true, kStart + milliseconds(2)));
  EXPECT_EQ(throttle.drop_probability(), 0.5);
  EXPECT_FALSE(throttle.admit(true, kStart + milliseconds(2)));
  EXPECT_EQ(throttle.drop_probability(), 0.5);
  EXPECT_FALSE(throttle.admit(true, kStart + milliseconds(4)));
  EXPECT_EQ(throttle.drop_probability(), 1);
}

TEST(ConnectionThrottle, TheProbabilityShrinksWhileTheBucketIsFull) {
  ConnectionThrottle throttle({.tokens = 1,
                               .fill_time = seconds(1),
                               .freeze_time = milliseconds(1),
                               .drop_increase = 1,
                               .drop_decrease = 0.75},
                              1);
  EXPECT_TRUE(throttle.admit(true, kStart));
  EXPECT_FALSE(throttle.admit(true, kStart + milliseconds(2)));
  ASSERT_EQ(throttle.drop_probability(), 1);
  static_cast<void>(throttle.admit(true, kStart + seconds(2)));
  EXPECT_EQ(throttle.drop_probability(), 0.25);
}

}  // namespace
}  // namespace paddock::shard
