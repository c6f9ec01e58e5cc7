// SPDX-License-Identifier: Apache-2.0
#include "kube/token_bucket.h"

#include <algorithm>

#include "base/assert.h"

namespace paddock::kube {

TokenBucket::TokenBucket(unsigned per_second, unsigned burst)
    : TokenBucket(Duration(seconds(1)) / per_second, burst) {}

TokenBucket::TokenBucket(Duration interval, unsigned burst) : interval_(interval), burst_(burst) {
  PADDOCK_ASSERT(interval_ > Duration::zero());
  PADDOCK_ASSERT(burst_ > 0);
}

Duration TokenBucket::take(MonotonicTime now) {
  const MonotonicTime at = earliest(now);
  full_at_ = std::max(full_at_, now) + interval_;
  return at - now;
}

bool TokenBucket::try_take(MonotonicTime now) {
  if (earliest(now) > now) return false;
  full_at_ = std::max(full_at_, now) + interval_;
  return true;
}

MonotonicTime TokenBucket::earliest(MonotonicTime now) const {
  // With a token taken it would be full an interval later; `burst_` intervals are what it holds.
  return std::max(now, full_at_ + (interval_ - interval_ * burst_));
}

}  // namespace paddock::kube
