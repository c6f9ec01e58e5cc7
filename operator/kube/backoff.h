// SPDX-License-Identifier: Apache-2.0
//
// How long to wait before something that failed is tried again: longer each time, never in step
// with others, and from the beginning after a quiet time. Pure. Source: client-go, wait.Backoff of
// the reflector.
#pragma once

#include <optional>

#include "base/prng.h"
#include "base/time.h"

namespace paddock::kube {

struct BackoffOptions {
  Duration first = milliseconds(800);
  Duration max = seconds(30);
  Duration quiet = seconds(120);  // as long without a failure, and it starts again
};

class Backoff {
 public:
  explicit Backoff(const BackoffOptions& options) : options_(options), next_(options.first) {}

  /// From the current step up to twice as much; the next step is twice as long.
  [[nodiscard]] Duration next(MonotonicTime now, Prng& random);
  void reset() { next_ = options_.first; }

 private:
  BackoffOptions options_;
  Duration next_;
  std::optional<MonotonicTime> last_;
};

}  // namespace paddock::kube
