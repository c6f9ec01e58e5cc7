// SPDX-License-Identifier: Apache-2.0
#include "runtime/log_rate.h"

#include <gtest/gtest.h>

namespace paddock::runtime {
namespace {

TEST(LogRate, AFewLinesPassInEachPeriodAndTheOthersAreCounted) {
  LogRate rate(2, seconds(1));
  const MonotonicTime start{seconds(5)};
  EXPECT_TRUE(rate.allow(start));
  EXPECT_TRUE(rate.allow(start));
  EXPECT_FALSE(rate.allow(start + milliseconds(999)));
  EXPECT_FALSE(rate.allow(start + milliseconds(999)));

  EXPECT_TRUE(rate.allow(start + seconds(1)));
  EXPECT_EQ(rate.take_left_out(), 2);
  EXPECT_EQ(rate.take_left_out(), 0);
}

}  // namespace
}  // namespace paddock::runtime
