// SPDX-License-Identifier: Apache-2.0
#include "runtime/memory_budget.h"

#include <gtest/gtest.h>

#include "runtime/limit_keeper.h"

namespace paddock::runtime {
namespace {

TEST(MemoryBudgets, AreExceededUntilATenthBelow) {
  MemoryBudget budget(1000);
  EXPECT_FALSE(budget.observe(999, {}));
  EXPECT_TRUE(budget.observe(1000, {}));
  EXPECT_TRUE(budget.is_exceeded());
  EXPECT_FALSE(budget.observe(900, {}));
  EXPECT_TRUE(budget.is_exceeded());
  EXPECT_TRUE(budget.observe(899, {}));
  EXPECT_FALSE(budget.is_exceeded());
}

TEST(MemoryBudgets, WithoutALimitNobodyLooks) {
  EXPECT_EQ(MemoryBudget(0).next_look(), MonotonicTime{Duration::max()});
  MemoryBudget budget(1);
  static_cast<void>(budget.observe(0, MonotonicTime{seconds(7)}));
  EXPECT_EQ(budget.next_look(), MonotonicTime{seconds(7) + milliseconds(100)});
}

TEST(LimitKeepers, HaveWhatWasConfiguredLast) {
  EXPECT_EQ(LimitKeeper({}).current(), nullptr);
  LimitKeeper keeper({{"a", {.scheme = "any", .pattern = "", .watches = 3}}});
  const auto before = keeper.current();
  ASSERT_NE(before, nullptr);
  EXPECT_EQ(before->report()[0].name, "a");
  EXPECT_NE(before->full(shard::Held::Watches, 1, 4), 0U);
  keeper.replace({{"b", {.scheme = "any", .pattern = ""}}});
  EXPECT_EQ(keeper.current()->report()[0].name, "b");
}

}  // namespace
}  // namespace paddock::runtime
