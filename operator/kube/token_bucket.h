// SPDX-License-Identifier: Apache-2.0
//
// A rate that may be exceeded for a moment: `burst` at once, then `per_second`. Pure.
#pragma once

#include "base/time.h"

namespace paddock::kube {

class TokenBucket {
 public:
  TokenBucket(unsigned per_second, unsigned burst);
  /// One token each `interval`.
  TokenBucket(Duration interval, unsigned burst);

  /// Takes a token, and says how long to wait until it is there: who waits longer came later.
  [[nodiscard]] Duration take(MonotonicTime now);
  /// Takes a token if there is one.
  [[nodiscard]] bool try_take(MonotonicTime now);

 private:
  [[nodiscard]] MonotonicTime earliest(MonotonicTime now) const;

  Duration interval_;
  unsigned burst_;
  /// When the bucket would be full again; the only state. May lie in the future.
  MonotonicTime full_at_;
};

}  // namespace paddock::kube
