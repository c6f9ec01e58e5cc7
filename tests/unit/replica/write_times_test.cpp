// SPDX-License-Identifier: Apache-2.0
#include "replica/write_times.h"

#include <gtest/gtest.h>

namespace paddock::replica {
namespace {

MonotonicTime at(int ms) {
  return MonotonicTime{milliseconds(ms)};
}

TEST(WriteTimes, EachBatchIsMeasuredOnce) {
  WriteTimes times;
  times.on_known(Zxid{1}, at(0));
  times.on_known(Zxid{5}, at(2));

  times.on_durable(Zxid{4}, at(10));
  times.on_durable(Zxid{4}, at(20));
  EXPECT_EQ(times.durable().count(), 1);
  EXPECT_EQ(times.durable().sum, 10'000);

  times.on_durable(Zxid{5}, at(12));
  EXPECT_EQ(times.durable().count(), 2);
  EXPECT_EQ(times.durable().sum, 20'000);
  EXPECT_EQ(times.committed().count(), 0);
}

TEST(WriteTimes, ALearnerIsMeasuredFromItsFirstWordOn) {
  WriteTimes times;
  times.on_known(Zxid{1}, at(0));
  times.on_acked(ServerId{2}, Zxid{1}, at(1000));
  times.on_known(Zxid{2}, at(1000));
  times.on_acked(ServerId{2}, Zxid{2}, at(1003));

  const auto acked = times.acked();
  ASSERT_EQ(acked.size(), 1U);
  EXPECT_EQ(acked.at(ServerId{2}).count(), 1);
  EXPECT_EQ(acked.at(ServerId{2}).sum, 3000);
}

TEST(WriteTimes, WhatWasOnItsWayToALostLeaderIsNotMeasured) {
  WriteTimes times;
  times.on_known(Zxid{1}, at(0));
  times.on_acked(ServerId{2}, Zxid{1}, at(0));
  times.on_new_term();

  times.on_committed(Zxid{1}, at(5000), true);

  EXPECT_EQ(times.committed().count(), 0);
  EXPECT_TRUE(times.acked().empty());
}

TEST(WriteTimes, OfMoreBatchesThanItRemembersTheOldestAreLeftOut) {
  WriteTimes times;
  for (int i = 1; i <= 3000; ++i) times.on_known(Zxid{i}, at(i));

  times.on_committed(Zxid{3000}, at(3000), false);

  EXPECT_EQ(times.committed().count(), 1024);
  EXPECT_EQ(times.quorum().count(), 0);
}

TEST(WriteTimes, ClocksThatDisagreeMakeNoNegativeTimes) {
  WriteTimes times;
  times.on_applied(-5);
  times.on_applied(5);
  EXPECT_EQ(times.propagated().count(), 2);
  EXPECT_EQ(times.propagated().sum, 5000);
}

}  // namespace
}  // namespace paddock::replica
