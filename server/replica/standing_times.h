// SPDX-License-Identifier: Apache-2.0
//
// How long this server looked for a leader, and was without one. Source: ZooKeeper QuorumPeer,
// ServerMetrics.
#pragma once

#include <optional>

#include "base/latency_sum.h"
#include "base/time.h"

namespace paddock::replica {

class StandingTimes {
 public:
  /// After each change of the role.
  void on_role(bool is_looking, MonotonicTime now) {
    if (is_looking) {
      if (!looking_since_) looking_since_ = now;
    } else if (looking_since_) {
      elections_.add(ms(now - *looking_since_));
      looking_since_.reset();
    }
  }
  /// The epoch stands: the ensemble was not there for so long, as far as this server knows.
  void on_established(bool is_leader, Duration unavailable) {
    unavailable_.add(ms(unavailable));
    if (is_leader) leader_unavailable_.add(ms(unavailable));
  }

  [[nodiscard]] const LatencySum& elections() const { return elections_; }
  [[nodiscard]] const LatencySum& unavailable() const { return unavailable_; }
  /// Of the times after which this server led.
  [[nodiscard]] const LatencySum& leader_unavailable() const { return leader_unavailable_; }

 private:
  [[nodiscard]] static std::int64_t ms(Duration duration) {
    return std::chrono::duration_cast<milliseconds>(duration).count();
  }

  std::optional<MonotonicTime> looking_since_;
  LatencySum elections_;
  LatencySum unavailable_;
  LatencySum leader_unavailable_;
};

}  // namespace paddock::replica
