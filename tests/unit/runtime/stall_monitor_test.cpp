// SPDX-License-Identifier: Apache-2.0
#include "runtime/stall_monitor.h"

#include <gtest/gtest.h>

namespace paddock::runtime {
namespace {

using Verdict = StallMonitor::Verdict;

TEST(StallMonitor, CountsStallsAndJudgesThemByTheThresholds) {
  StallMonitor monitor({.info_threshold = milliseconds(10), .warn_threshold = milliseconds(100)});
  EXPECT_EQ(monitor.observe(microseconds(999)), Verdict::Nothing);
  EXPECT_EQ(monitor.observe(milliseconds(-5)), Verdict::Nothing);
  EXPECT_EQ(monitor.report().count, 0);
  EXPECT_EQ(monitor.observe(milliseconds(9)), Verdict::Nothing);
  EXPECT_EQ(monitor.observe(milliseconds(10)), Verdict::Info);
  EXPECT_EQ(monitor.observe(milliseconds(100)), Verdict::Warn);

  EXPECT_EQ(monitor.last(), milliseconds(100));
  EXPECT_EQ(monitor.report().count, 3);
  EXPECT_EQ(monitor.report().sum, milliseconds(119));
  EXPECT_EQ(monitor.report().min, milliseconds(9));
  EXPECT_EQ(monitor.report().max, milliseconds(100));
}

TEST(StallMonitor, CanBeSwitchedOff) {
  StallMonitor monitor({.enabled = false});
  EXPECT_EQ(monitor.observe(seconds(100)), Verdict::Nothing);
  EXPECT_EQ(monitor.report().count, 0);
}

}  // namespace
}  // namespace paddock::runtime
