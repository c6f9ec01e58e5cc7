// SPDX-License-Identifier: Apache-2.0
#include "bench/histogram.h"

#include <algorithm>

namespace paddock::bench {

void Histogram::merge(const Histogram& other) {
  for (std::size_t i = 0; i < kBucketCount; ++i) buckets_[i] += other.buckets_[i];
  count_ += other.count_;
  sum_ += other.sum_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
}

Duration Histogram::percentile(std::uint64_t per_mille) const {
  if (count_ == 0) return Duration::zero();
  const std::uint64_t rank = std::max<std::uint64_t>(1, (count_ * per_mille + 999) / 1000);
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < kBucketCount; ++i) {
    seen += buckets_[i];
    if (seen >= rank) return nanoseconds{std::clamp(upper_edge(i), min_, max_)};
  }
  return max();
}

std::uint64_t Histogram::upper_edge(std::size_t index) {
  constexpr std::size_t kLinear = std::size_t{1} << kLinearBits;
  if (index < 2 * kLinear) return index;
  const std::size_t shift = (index >> kLinearBits) - 1;
  const std::uint64_t mantissa = index - (shift << kLinearBits);
  return ((mantissa + 1) << shift) - 1;
}

}  // namespace paddock::bench
