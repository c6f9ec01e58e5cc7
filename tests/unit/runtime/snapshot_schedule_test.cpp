// SPDX-License-Identifier: Apache-2.0
#include "runtime/snapshot_schedule.h"

#include <gtest/gtest.h>

namespace paddock::runtime {
namespace {

constexpr std::int64_t kMany = std::int64_t{1} << 50U;

TEST(SnapshotSchedule, IsDueInTheUpperHalfOfTheTransactionLimit) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    SnapshotSchedule schedule({.transactions = 100, .log_bytes = 0}, {}, seed);
    EXPECT_FALSE(schedule.is_due({.transactions = 50}));
    EXPECT_TRUE(schedule.is_due({.transactions = 100}));
    schedule.on_begun({.transactions = 100});
    EXPECT_FALSE(schedule.is_due({.transactions = 150}));
    EXPECT_TRUE(schedule.is_due({.transactions = 200}));
  }
}

TEST(SnapshotSchedule, IsDueInTheUpperHalfOfTheByteLimit) {
  SnapshotSchedule schedule({.transactions = kMany, .log_bytes = 1000}, {}, 1);
  EXPECT_FALSE(schedule.is_due({.transactions = 1, .bytes = 500}));
  EXPECT_TRUE(schedule.is_due({.transactions = 1, .bytes = 1000}));
}

TEST(SnapshotSchedule, WithoutAByteLimitBytesDoNotMatter) {
  const SnapshotSchedule schedule({.transactions = 100, .log_bytes = 0}, {}, 1);
  EXPECT_FALSE(schedule.is_due({.transactions = 1, .bytes = kMany}));
}

TEST(SnapshotSchedule, WhatWasReplayedCounts) {
  const SnapshotSchedule schedule({.transactions = 100, .log_bytes = 1000}, {70, 0}, 1);
  EXPECT_TRUE(schedule.is_due({.transactions = 30}));
  EXPECT_TRUE(SnapshotSchedule({.transactions = 100}, {1000, 0}, 1).is_due({}));
  EXPECT_TRUE(SnapshotSchedule({.log_bytes = 1000}, {0, 1000}, 1).is_due({}));
}

TEST(SnapshotSchedule, ServersDrawDifferentNumbers) {
  int due = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    due += SnapshotSchedule({.transactions = 1000}, {}, seed).is_due({.transactions = 750}) ? 1 : 0;
  }
  EXPECT_GT(due, 20);
  EXPECT_LT(due, 80);
}

}  // namespace
}  // namespace paddock::runtime
