// SPDX-License-Identifier: Apache-2.0
//
// Whether a request that failed is made again by the client itself, and when. Pure. What is left to
// the caller is what only it can decide: conflicts, and writes of which nobody knows whether they
// were carried out. Source: client-go, rest.Request.
#pragma once

#include <optional>

#include "base/prng.h"
#include "base/time.h"
#include "kube/api_error.h"
#include "kube/backoff.h"
#include "kube/request.h"

namespace paddock::kube {

/// Of one request.
class Retries {
 public:
  /// How long to wait; nothing: it is the caller's.
  [[nodiscard]] std::optional<Duration> after(const Request& request,
                                              const ApiError& error,
                                              MonotonicTime now,
                                              Prng& random);

 private:
  Backoff busy_{{.first = seconds(1), .max = seconds(30)}};
  Backoff lost_{{.first = milliseconds(50), .max = seconds(1)}};
  unsigned busy_count_ = 0;
  unsigned lost_count_ = 0;
  bool was_unauthorized_ = false;
};

}  // namespace paddock::kube
