// SPDX-License-Identifier: Apache-2.0
#include "shard/connection_throttle.h"

#include <algorithm>

namespace paddock::shard {

ConnectionThrottle::ConnectionThrottle(ThrottleOptions options, std::uint64_t seed)
    : options_(options), prng_(seed), tokens_(options.tokens) {}

bool ConnectionThrottle::admit(bool is_new_session, MonotonicTime now) {
  if (options_.tokens == 0) return true;
  refill(now);
  if (options_.freeze_time.count() >= 0) {
    update_drop(now);
    constexpr std::uint64_t kParts = 1'000'000;
    if (static_cast<double>(prng_.below(kParts)) < drop_ * static_cast<double>(kParts))
      return false;
  }
  const int weight = is_new_session ? options_.new_session_weight : options_.old_session_weight;
  if (tokens_ < weight) return false;
  tokens_ -= weight;
  return true;
}

void ConnectionThrottle::refill(MonotonicTime now) {
  const std::int64_t fills = (now - filled_at_) / options_.fill_time;
  if (fills <= 0) return;
  // A bucket that is full anyway needs no count of what did not fit.
  const std::int64_t needed = options_.tokens / options_.fill_count + 1;
  tokens_ = std::min<std::int64_t>(options_.tokens,
                                   tokens_ + std::min(fills, needed) * options_.fill_count);
  filled_at_ = filled_at_ + fills * options_.fill_time;
}

void ConnectionThrottle::update_drop(MonotonicTime now) {
  if (now - changed_at_ <= options_.freeze_time) return;
  changed_at_ = now;
  const std::int64_t used = options_.tokens - tokens_;
  if (used >= options_.tokens) {
    drop_ = std::min(1.0, drop_ + options_.drop_increase);
  } else if (static_cast<double>(used) <= options_.decrease_ratio * options_.tokens) {
    drop_ = std::max(0.0, drop_ - options_.drop_decrease);
  }
}

}  // namespace paddock::shard
