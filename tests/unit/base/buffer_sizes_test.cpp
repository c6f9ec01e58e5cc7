// SPDX-License-Identifier: Apache-2.0
#include "replica/proposal_sizes.h"

#include <gtest/gtest.h>

namespace paddock::replica {
namespace {

TEST(ProposalSizes, AreUnknownBeforeTheFirst) {
  const ProposalSizes sizes;
  EXPECT_EQ(sizes.last, -1);
  EXPECT_EQ(sizes.min, -1);
  EXPECT_EQ(sizes.max, -1);
}

TEST(ProposalSizes, KeepTheLastTheSmallestAndTheLargest) {
  ProposalSizes sizes;
  for (const std::int64_t bytes : {50, 10, 90, 20}) sizes.add(bytes);
  EXPECT_EQ(sizes.last, 20);
  EXPECT_EQ(sizes.min, 10);
  EXPECT_EQ(sizes.max, 90);
}

}  // namespace
}  // namespace paddock::replica
