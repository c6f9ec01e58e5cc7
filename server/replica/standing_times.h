// SPDX-License-Identifier: Apache-2.0
//
// How long this server looked for a leader, and was without one. Source: ZooKeeper QuorumPeer,
// ServerMetrics.
#pragma once

#include <cstdint>
#include <optional>

#include "base/observed.h"
#include "base/time.h"

namespace paddock::replica {

/// As what this server goes on.
enum class Part : std::uint8_t {
  Leader,
  Follower,
  Observer,
};

/// All in milliseconds.
class StandingTimes {
 public:
  /// After each change of the role, the leader or the epoch.
  void on_role(bool is_looking, MonotonicTime now) {
    if (!is_looking && looking_since_) elections_.add(ms(now - *looking_since_));
    if (!is_looking) looking_since_.reset();
    if (is_looking && !looking_since_) looking_since_ = now;
    role_since_ = now;
  }
  /// The epoch stands, and this server has its history. There was no leader since `lost_at`.
  void on_established(Part part, MonotonicTime lost_at, MonotonicTime now) {
    unavailable_.add(ms(now - lost_at));
    if (part == Part::Leader) leader_unavailable_.add(ms(now - lost_at));
    if (part == Part::Follower) follower_sync_.add(ms(now - role_since_));
    if (part == Part::Observer) observer_sync_.add(ms(now - role_since_));
  }

  [[nodiscard]] const Observed& elections() const { return elections_; }
  [[nodiscard]] const Observed& unavailable() const { return unavailable_; }
  /// Of the times after which this server led.
  [[nodiscard]] const Observed& leader_unavailable() const { return leader_unavailable_; }
  /// From the choice of a leader until this server had its history.
  [[nodiscard]] const Observed& follower_sync() const { return follower_sync_; }
  [[nodiscard]] const Observed& observer_sync() const { return observer_sync_; }

 private:
  [[nodiscard]] static std::int64_t ms(Duration duration) {
    return std::chrono::duration_cast<milliseconds>(duration).count();
  }

  std::optional<MonotonicTime> looking_since_;
  MonotonicTime role_since_;
  Observed elections_;
  Observed unavailable_;
  Observed leader_unavailable_;
  Observed follower_sync_;
  Observed observer_sync_;
};

}  // namespace paddock::replica
