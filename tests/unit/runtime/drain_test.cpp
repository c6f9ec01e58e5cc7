// SPDX-License-Identifier: Apache-2.0
#include "runtime/drain.h"

#include <gtest/gtest.h>

namespace paddock::runtime {
namespace {

constexpr MonotonicTime kStart{seconds(100)};

TEST(Drain, EndsWithTheTimeThatItWasGiven) {
  Drain drain;
  EXPECT_FALSE(drain.is_under_way());
  drain.begin(seconds(1), kStart);
  std::size_t clients = 1000;
  std::size_t steps = 0;
  MonotonicTime last;
  while (drain.is_under_way()) {
    last = drain.next_time();
    const auto parts = drain.take_step(last);
    ASSERT_TRUE(parts.has_value());
    clients -= (clients + *parts - 1) / *parts;
    ++steps;
  }
  EXPECT_EQ(clients, 0U);
  EXPECT_GT(steps, 10U);
  EXPECT_LT(last, kStart + seconds(1));
}

TEST(Drain, TakesNoStepBeforeItsTime) {
  Drain drain;
  drain.begin(seconds(1), kStart);
  EXPECT_TRUE(drain.take_step(kStart).has_value());
  EXPECT_FALSE(drain.take_step(kStart).has_value());
}

TEST(Drain, WithoutTimeAllGoAtOnce) {
  Drain drain;
  drain.begin(Duration{0}, kStart);
  EXPECT_EQ(drain.take_step(kStart), 1U);
  EXPECT_FALSE(drain.is_under_way());
}

TEST(Drain, EndsWhenNobodyIsLeft) {
  Drain drain;
  drain.begin(seconds(1), kStart);
  static_cast<void>(drain.take_step(kStart));
  drain.finish();
  EXPECT_FALSE(drain.is_under_way());
}

}  // namespace
}  // namespace paddock::runtime
