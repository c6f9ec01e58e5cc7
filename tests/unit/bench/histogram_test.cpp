// SPDX-License-Identifier: Apache-2.0
#include "bench/histogram.h"

#include <algorithm>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "base/prng.h"

namespace paddock::bench {
namespace {

TEST(Histogram, WithoutValuesEverythingIsZero) {
  const auto histogram = std::make_unique<Histogram>();

  EXPECT_EQ(histogram->count(), 0U);
  EXPECT_EQ(histogram->min(), Duration::zero());
  EXPECT_EQ(histogram->mean(), Duration::zero());
  EXPECT_EQ(histogram->percentile(999), Duration::zero());
}

TEST(Histogram, SmallValuesAreExact) {
  const auto histogram = std::make_unique<Histogram>();
  for (int ns = 1; ns <= 100; ++ns) histogram->record(nanoseconds{ns});

  EXPECT_EQ(histogram->min(), nanoseconds{1});
  EXPECT_EQ(histogram->percentile(500), nanoseconds{50});
  EXPECT_EQ(histogram->percentile(990), nanoseconds{99});
  EXPECT_EQ(histogram->max(), nanoseconds{100});
  EXPECT_EQ(histogram->mean(), nanoseconds{50});
}

TEST(Histogram, PercentilesAreRightToTwoPercentOverTheWholeRange) {
  constexpr std::uint64_t kSeed = 7;
  Prng prng(kSeed);
  const auto histogram = std::make_unique<Histogram>();
  std::vector<std::int64_t> values;
  for (int i = 0; i < 20000; ++i) {
    values.push_back(static_cast<std::int64_t>(prng() >> (24 + prng.below(38))));
    histogram->record(nanoseconds{values.back()});
  }
  std::ranges::sort(values);

  for (const std::uint64_t per_mille : {1U, 10U, 500U, 900U, 990U, 999U, 1000U}) {
    const auto exact = static_cast<double>(values[(values.size() * per_mille + 999) / 1000 - 1]);
    const auto seen = static_cast<double>(histogram->percentile(per_mille).count());
    EXPECT_GE(seen, exact) << "seed " << kSeed << ", per mille " << per_mille;
    EXPECT_LE(seen, exact * 1.02 + 1) << "seed " << kSeed << ", per mille " << per_mille;
  }
}

TEST(Histogram, OutOfRangeValuesCountAsTheNearestEdge) {
  const auto histogram = std::make_unique<Histogram>();
  histogram->record(nanoseconds{-5});
  histogram->record(std::chrono::hours{24});

  EXPECT_EQ(histogram->count(), 2U);
  EXPECT_EQ(histogram->min(), Duration::zero());
  EXPECT_EQ(histogram->max(), nanoseconds{(std::int64_t{1} << 40) - 1});
}

TEST(Histogram, MergingIsTheSameAsRecordingAll) {
  const auto odd = std::make_unique<Histogram>();
  const auto even = std::make_unique<Histogram>();
  const auto all = std::make_unique<Histogram>();
  for (int us = 1; us <= 1000; ++us) {
    (us % 2 == 0 ? even : odd)->record(microseconds{us});
    all->record(microseconds{us});
  }

  odd->merge(*even);

  EXPECT_EQ(odd->count(), all->count());
  EXPECT_EQ(odd->mean(), all->mean());
  EXPECT_EQ(odd->min(), all->min());
  EXPECT_EQ(odd->max(), all->max());
  for (std::uint64_t per_mille = 0; per_mille <= 1000; per_mille += 50) {
    EXPECT_EQ(odd->percentile(per_mille), all->percentile(per_mille));
  }
}

}  // namespace
}  // namespace paddock::bench
