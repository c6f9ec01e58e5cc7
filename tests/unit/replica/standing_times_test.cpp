// SPDX-License-Identifier: Apache-2.0
#include "replica/standing_times.h"

#include <gtest/gtest.h>

namespace paddock::replica {
namespace {

constexpr MonotonicTime at(int ms) {
  return MonotonicTime(milliseconds(ms));
}

TEST(StandingTimes, AnElectionLastsFromTheFirstLookToARole) {
  StandingTimes times;
  times.on_role(true, at(100));
  times.on_role(true, at(150));
  times.on_role(false, at(300));
  times.on_role(false, at(900));
  times.on_role(true, at(1000));
  times.on_role(false, at(1050));
  EXPECT_EQ(times.elections().count, 2);
  EXPECT_EQ(times.elections().min, 50);
  EXPECT_EQ(times.elections().max, 200);
  EXPECT_EQ(times.elections().sum, 250);
}

TEST(StandingTimes, ARoleThatWasHandedOverTookNoElection) {
  StandingTimes times;
  times.on_role(false, at(100));
  EXPECT_EQ(times.elections().count, 0);
}

TEST(StandingTimes, OnlyALeadersTimesCountAsALeaders) {
  StandingTimes times;
  times.on_established(Part::Follower, at(100), at(500));
  times.on_established(Part::Leader, at(1000), at(1030));
  EXPECT_EQ(times.unavailable().count, 2);
  EXPECT_EQ(times.unavailable().sum, 430);
  EXPECT_EQ(times.leader_unavailable().count, 1);
  EXPECT_EQ(times.leader_unavailable().sum, 30);
}

TEST(StandingTimes, SynchronizationLastsFromTheChoiceOfALeader) {
  StandingTimes times;
  times.on_role(true, at(100));
  times.on_role(false, at(300));
  times.on_established(Part::Follower, at(100), at(370));
  times.on_role(false, at(1000));
  times.on_established(Part::Observer, at(900), at(1020));
  EXPECT_EQ(times.follower_sync().count, 1);
  EXPECT_EQ(times.follower_sync().sum, 70);
  EXPECT_EQ(times.observer_sync().count, 1);
  EXPECT_EQ(times.observer_sync().sum, 20);
}

}  // namespace
}  // namespace paddock::replica
