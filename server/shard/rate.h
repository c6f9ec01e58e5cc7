// SPDX-License-Identifier: Apache-2.0
//
// A rate that several shards share: a token bucket kept as the one time at which it would be full
// again (the generic cell rate algorithm), so that taking from it is one atomic exchange. What is
// taken may be more than there is: then it takes longer until the next may be.
#pragma once

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>

#include "base/time.h"

namespace paddock::shard {

class Rate {
 public:
  /// 0: no limit.
  explicit Rate(std::int64_t per_second)
      : ns_per_unit_(per_second > 0 ? 1e9 / static_cast<double>(per_second) : 0) {}

  [[nodiscard]] bool is_limited() const { return ns_per_unit_ > 0; }
  /// When something may be taken; in the past if that is now.
  [[nodiscard]] MonotonicTime ready_at() const {
    return {Duration(full_at_.load(std::memory_order_relaxed)) - kBurst};
  }
  /// How much may be taken now so that ready_at() is not later.
  [[nodiscard]] std::int64_t available(MonotonicTime now) const {
    const std::int64_t ahead = (ready_at() - now).count();
    const std::int64_t slack = std::min(-ahead, Duration(kBurst).count());
    return static_cast<std::int64_t>(std::floor(static_cast<double>(slack) / ns_per_unit_));
  }
  void take(std::int64_t amount, MonotonicTime now) {
    // In floating point, as bytes times a thousand million need more than 64 bits.
    const auto cost = static_cast<std::int64_t>(static_cast<double>(amount) * ns_per_unit_);
    std::int64_t full_at = full_at_.load(std::memory_order_relaxed);
    while (!full_at_.compare_exchange_weak(
        full_at, std::max(full_at, now.since_origin.count()) + cost, std::memory_order_relaxed)) {
    }
  }

 private:
  /// Who was idle may take what comes in that time at once.
  static constexpr Duration kBurst = milliseconds(100);

  const double ns_per_unit_;
  std::atomic<std::int64_t> full_at_{0};
};

}  // namespace paddock::shard
