// SPDX-License-Identifier: Apache-2.0
#include "base/histogram.h"

#include <gtest/gtest.h>

#include "base/observed.h"

namespace paddock {
namespace {

TEST(Buckets, BoundsBelongToTheBucketBelow) {
  EXPECT_EQ(Buckets::index_of(-1), 0U);
  EXPECT_EQ(Buckets::index_of(0), 0U);
  EXPECT_EQ(Buckets::index_of(1), 0U);
  for (std::size_t i = 1; i + 1 < Buckets::kCount; ++i) {
    const auto bound = static_cast<std::int64_t>(Buckets::bound(i));
    EXPECT_EQ(Buckets::index_of(bound), i);
    EXPECT_EQ(Buckets::index_of(bound + 1), i + 1);
  }
  EXPECT_EQ(Buckets::index_of(std::numeric_limits<std::int64_t>::max()), Buckets::kCount - 1);
}

TEST(Buckets, TimesAreInMicroseconds) {
  Buckets times;
  times.add(Duration(milliseconds(3)));

  EXPECT_EQ(times.sum, 3000);
  EXPECT_EQ(times.least, 3000);
  EXPECT_EQ(times.most, 3000);
}

TEST(Buckets, NoTimeIsATime) {
  Buckets times;
  times.add(Duration(0));

  EXPECT_EQ(times.count(), 1);
  EXPECT_EQ(times.counts[0], 1);
  EXPECT_EQ(times.least, 0);
  EXPECT_EQ(times.sum, 0);
}

TEST(Buckets, WhatCameSinceIsADifference) {
  Buckets buckets;
  buckets.add(std::int64_t{5});
  const Buckets earlier = buckets;
  buckets.add(std::int64_t{100});

  const Buckets since = buckets.since(earlier);

  EXPECT_EQ(since.count(), 1);
  EXPECT_EQ(since.sum, 100);
}

TEST(Buckets, QuantilesAreWithinTheBucket) {
  Buckets buckets;
  for (std::int64_t i = 1; i <= 1000; ++i) buckets.add(i);

  EXPECT_NEAR(buckets.quantile(0.5), 500, 1);
  EXPECT_GT(buckets.quantile(0.99), 512);
  EXPECT_LE(buckets.quantile(0.99), 1024);
  EXPECT_EQ(Buckets{}.quantile(0.5), 0);
}

TEST(Histogram, ReadsWhatWasAdded) {
  Histogram histogram;
  EXPECT_EQ(histogram.read().count(), 0);
  histogram.add(std::int64_t{7});
  histogram.add(Duration(microseconds(9)));

  const Buckets read = histogram.read();

  EXPECT_EQ(read.count(), 2);
  EXPECT_EQ(read.sum, 16);
  EXPECT_EQ(read.least, 7);
  EXPECT_EQ(read.most, 9);
}

TEST(Observed, SumsKeepTheExtremes) {
  Observed all;
  all.add(Observed{});
  EXPECT_EQ(all.count, 0);
  all.add(5);
  Observed others;
  others.add(2);
  others.add(9);
  all.add(others);

  EXPECT_EQ(all.count, 3);
  EXPECT_EQ(all.sum, 16);
  EXPECT_EQ(all.min, 2);
  EXPECT_EQ(all.max, 9);
}

}  // namespace
}  // namespace paddock
