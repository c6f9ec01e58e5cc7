// SPDX-License-Identifier: Apache-2.0
#include "kube/retries.h"

#include <utility>

namespace paddock::kube {

namespace {

constexpr unsigned kBusyMax = 10;
constexpr unsigned kLostMax = 2;

}  // namespace

std::optional<Duration> Retries::after(const Request& request,
                                       const ApiError& error,
                                       MonotonicTime now,
                                       Prng& random) {
  // The token may have been renewed since it was read.
  if (error.is(Failure::Unauthorized) && !std::exchange(was_unauthorized_, true)) {
    return Duration::zero();
  }
  const bool is_busy = error.is(Failure::TooManyRequests) && !request.tells_busy;
  // A server that says when to come again has done nothing.
  const bool is_away = error.is(Failure::ServerError) && error.retry_after;
  if (is_busy || is_away) {
    if (++busy_count_ > kBusyMax) return std::nullopt;
    return error.retry_after ? Duration(*error.retry_after) : busy_.next(now, random);
  }
  if (error.is(Failure::Lost) && request.is_repeatable && ++lost_count_ <= kLostMax) {
    return lost_.next(now, random);
  }
  return std::nullopt;
}

}  // namespace paddock::kube
