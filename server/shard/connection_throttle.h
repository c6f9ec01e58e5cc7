// SPDX-License-Identifier: Apache-2.0
//
// Limits how fast connections are made: a bucket of tokens that is refilled with time, and, in
// front of it, a probability of being turned away that grows while the bucket is empty and shrinks
// while it is full. A pure machine of one shard. Source: ZooKeeper BlueThrottle; the algorithm is
// BLUE (Feng et al., 1999).
#pragma once

#include <cstdint>

#include "base/prng.h"
#include "base/time.h"

namespace paddock::shard {

struct ThrottleOptions {
  /// 0: no limit.
  int tokens = 0;
  milliseconds fill_time{1};
  int fill_count = 1;
  /// How often the probability may change; negative: nobody is turned away by chance.
  milliseconds freeze_time{-1};
  double drop_increase = 0.02;
  double drop_decrease = 0.002;
  /// The probability shrinks while no more than this share of the tokens is in use.
  double decrease_ratio = 0;
  /// Tokens that a handshake takes.
  int new_session_weight = 1;
  int old_session_weight = 1;
};

class ConnectionThrottle {
 public:
  ConnectionThrottle(ThrottleOptions options, std::uint64_t seed);

  /// Takes the tokens of one handshake, or says that it must be turned away.
  [[nodiscard]] bool admit(bool is_new_session, MonotonicTime now);
  [[nodiscard]] double drop_probability() const { return drop_; }

 private:
  void refill(MonotonicTime now);
  void update_drop(MonotonicTime now);

  ThrottleOptions options_;
  Prng prng_;
  std::int64_t tokens_;
  double drop_ = 0;
  MonotonicTime filled_at_;
  MonotonicTime changed_at_;
};

}  // namespace paddock::shard
