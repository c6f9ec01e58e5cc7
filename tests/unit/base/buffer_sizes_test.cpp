// SPDX-License-Identifier: Apache-2.0
#include "base/buffer_sizes.h"

#include <gtest/gtest.h>

namespace paddock {
namespace {

TEST(BufferSizes, AreUnknownBeforeTheFirst) {
  const BufferSizes sizes;
  EXPECT_EQ(sizes.last, -1);
  EXPECT_EQ(sizes.min, -1);
  EXPECT_EQ(sizes.max, -1);
}

TEST(BufferSizes, KeepTheLastTheSmallestAndTheLargest) {
  BufferSizes sizes;
  for (const std::int64_t bytes : {50, 10, 90, 20}) sizes.add(bytes);
  EXPECT_EQ(sizes.last, 20);
  EXPECT_EQ(sizes.min, 10);
  EXPECT_EQ(sizes.max, 90);
}

}  // namespace
}  // namespace paddock
