// SPDX-License-Identifier: Apache-2.0
//
// How long to wait before the next try: twice as long each time up to a bound, and less by chance,
// so that servers which lost one another together do not come back together. One thread.
#pragma once

#include <algorithm>

#include "base/prng.h"
#include "base/time.h"

namespace paddock::runtime {

class BackOff {
 public:
  BackOff(Duration min, Duration max) : min_(min), max_(max), bound_(min) {}

  /// Between half of the bound and all of it; the bound grows.
  [[nodiscard]] Duration next(Prng& prng) {
    const Duration bound = bound_;
    bound_ = std::min(bound_ * 2, max_);
    return bound / 2 + Duration{prng.below(static_cast<std::uint64_t>((bound / 2).count()) + 1)};
  }
  void reset() { bound_ = min_; }

 private:
  Duration min_;
  Duration max_;
  Duration bound_;
};

}  // namespace paddock::runtime
