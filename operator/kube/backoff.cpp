// SPDX-License-Identifier: Apache-2.0
#include "kube/backoff.h"

#include <algorithm>

#include "base/assert.h"

namespace paddock::kube {

Duration Backoff::next(MonotonicTime now, Prng& random) {
  if (last_ && now - *last_ >= options_.quiet) reset();
  last_ = now;
  const Duration step = next_;
  PADDOCK_ASSERT(step > Duration::zero());
  next_ = std::min(next_ * 2, options_.max);
  return step + Duration(random.below(static_cast<std::uint64_t>(step.count())));
}

}  // namespace paddock::kube
