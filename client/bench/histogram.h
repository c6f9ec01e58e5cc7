// SPDX-License-Identifier: Apache-2.0
//
// Latencies of any number of operations in a fixed array: 64 linear buckets per power of two, so a
// percentile is right to 1.6 %. Recording is two shifts and one increment and allocates nothing.
// One thread writes; merge() joins the threads' histograms afterwards. Source: the idea of
// HdrHistogram.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace paddock::bench {

class Histogram {
 public:
  /// Longer than the longest representable latency (18 minutes) counts as that one; negative as 0.
  void record(Duration latency) {
    const std::uint64_t ns = clamp(latency);
    ++buckets_[index_of(ns)];
    ++count_;
    sum_ += ns;
    if (ns < min_) min_ = ns;
    if (ns > max_) max_ = ns;
  }

  void merge(const Histogram& other);

  [[nodiscard]] std::uint64_t count() const { return count_; }
  /// Zero, as are all of the following, when nothing was recorded.
  [[nodiscard]] Duration min() const { return nanoseconds{count_ == 0 ? 0 : min_}; }
  [[nodiscard]] Duration max() const { return nanoseconds{max_}; }
  [[nodiscard]] Duration mean() const { return nanoseconds{count_ == 0 ? 0 : sum_ / count_}; }
  /// The least latency that at least `per_mille`/1000 of all did not exceed: 990 is p99.
  [[nodiscard]] Duration percentile(std::uint64_t per_mille) const;

 private:
  static constexpr unsigned kLinearBits = 6;
  static constexpr unsigned kValueBits = 40;
  static constexpr std::size_t kBucketCount = (kValueBits - kLinearBits + 1) << kLinearBits;

  static std::uint64_t clamp(Duration latency) {
    constexpr std::uint64_t kMax = (std::uint64_t{1} << kValueBits) - 1;
    if (latency < Duration::zero()) return 0;
    const auto ns = static_cast<std::uint64_t>(latency.count());
    return ns < kMax ? ns : kMax;
  }
  static std::size_t index_of(std::uint64_t ns) {
    const auto width = static_cast<unsigned>(std::bit_width(ns));
    const unsigned shift = width > kLinearBits + 1 ? width - (kLinearBits + 1) : 0;
    return (std::size_t{shift} << kLinearBits) + (ns >> shift);
  }
  static std::uint64_t upper_edge(std::size_t index);

  std::array<std::uint64_t, kBucketCount> buckets_{};
  std::uint64_t count_ = 0;
  std::uint64_t sum_ = 0;
  std::uint64_t min_ = ~std::uint64_t{0};
  std::uint64_t max_ = 0;
};

}  // namespace paddock::bench
