// SPDX-License-Identifier: Apache-2.0
//
// How often values of which size were seen, in buckets that double: enough for a Prometheus
// histogram and for quantiles. Buckets are plain values, for a machine's own thread; a Histogram is
// what one thread writes and any other reads, without a lock and without a locked instruction.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "base/time.h"

namespace paddock {

/// Bucket i counts values above 2^(i-1) up to 2^i, the first one all below, the last one all above.
struct Buckets {
  static constexpr std::size_t kCount = 32;

  [[nodiscard]] static std::size_t index_of(std::int64_t value) {
    if (value <= 1) return 0;
    const auto width =
        static_cast<std::size_t>(std::bit_width(static_cast<std::uint64_t>(value - 1)));
    return std::min(width, kCount - 1);
  }
  [[nodiscard]] static double bound(std::size_t index) {
    return static_cast<double>(std::uint64_t{1} << index);
  }

  void add(std::int64_t value) {
    ++counts[index_of(value)];
    sum += value;
    least = std::min(least, value);
    most = std::max(most, value);
  }
  /// In microseconds, as everything that shows times takes them. Nothing is the most frequent: what
  /// a turn has received it mostly answers.
  void add(Duration time) {
    if (time.count() == 0) {
      ++counts[0];
      least = 0;
      return;
    }
    add(std::chrono::duration_cast<microseconds>(time).count());
  }
  void add(const Buckets& other) {
    for (std::size_t i = 0; i < kCount; ++i) counts[i] += other.counts[i];
    sum += other.sum;
    least = std::min(least, other.least);
    most = std::max(most, other.most);
  }
  /// What came since `earlier`, of the same buckets; the extremes stay those of all.
  [[nodiscard]] Buckets since(const Buckets& earlier) const {
    Buckets found = *this;
    for (std::size_t i = 0; i < kCount; ++i) found.counts[i] -= earlier.counts[i];
    found.sum -= earlier.sum;
    return found;
  }

  [[nodiscard]] std::int64_t count() const {
    std::int64_t all = 0;
    for (const std::int64_t one : counts) all += one;
    return all;
  }
  /// As if values were spread evenly within a bucket; 0 without any.
  [[nodiscard]] double quantile(double share) const {
    const double wanted = share * static_cast<double>(count());
    double below = 0;
    for (std::size_t i = 0; i < kCount; ++i) {
      const auto here = static_cast<double>(counts[i]);
      if (here > 0 && below + here >= wanted) {
        const double from = i == 0 ? 0 : bound(i - 1);
        return from + (bound(i) - from) * (wanted - below) / here;
      }
      below += here;
    }
    return 0;
  }

  std::array<std::int64_t, kCount> counts{};
  std::int64_t sum = 0;
  std::int64_t least = std::numeric_limits<std::int64_t>::max();  // so before the first
  std::int64_t most = 0;
};

class Histogram {
 public:
  /// The one thread that owns it.
  void add(std::int64_t value) {
    bump(counts_[Buckets::index_of(value)], 1);
    bump(sum_, value);
    if (value < least_.load(std::memory_order_relaxed))
      least_.store(value, std::memory_order_relaxed);
    if (value > most_.load(std::memory_order_relaxed))
      most_.store(value, std::memory_order_relaxed);
  }
  void add(Duration time) { add(std::chrono::duration_cast<microseconds>(time).count()); }

  /// Any thread; perhaps without what is being added.
  [[nodiscard]] Buckets read() const {
    Buckets found;
    for (std::size_t i = 0; i < Buckets::kCount; ++i) {
      found.counts[i] = counts_[i].load(std::memory_order_relaxed);
    }
    found.sum = sum_.load(std::memory_order_relaxed);
    found.least = least_.load(std::memory_order_relaxed);
    found.most = most_.load(std::memory_order_relaxed);
    return found;
  }

 private:
  using Cell = std::atomic<std::int64_t>;
  static void bump(Cell& cell, std::int64_t by) {
    cell.store(cell.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
  }

  std::array<Cell, Buckets::kCount> counts_{};
  Cell sum_{0};
  Cell least_{std::numeric_limits<std::int64_t>::max()};
  Cell most_{0};
};

}  // namespace paddock
