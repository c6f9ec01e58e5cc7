// SPDX-License-Identifier: Apache-2.0
//
// The role of a server that follows: promises the leader's epoch, takes its history and then logs
// what it is sent and acknowledges what is durable. A voter and an observer do the same; the leader
// counts only voters. Owned by Peer. Invariants: an epoch is entered only after everything of its
// initial history is durable; nothing is acknowledged before it is durable. Source: Zab (DSN 2011),
// phases 1 to 3, the follower's side; ZooKeeper Learner, Follower.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/ids.h"
#include "base/time.h"
#include "zab/effects.h"
#include "zab/message.h"
#include "zab/source.h"
#include "zab/state.h"

namespace paddock::zab {

class Learner {
 public:
  /// Follows `leader`; asks at once if it is linked. `attempt`: another one each time.
  Learner(const State& state,
          ServerId leader,
          std::uint64_t attempt,
          MonotonicTime now,
          Effects& effects);

  /// What became of the role.
  enum class Outcome : std::uint8_t {
    Following,
    /// Look for a leader again.
    Lost,
    /// `successor()` leads from now on.
    HandedOver,
    /// The leader's history contradicts what this server knows to be committed.
    Diverged,
  };

  void on_link_up(const State& state, ServerId peer, MonotonicTime now, Effects& effects);
  void on_link_down(const State& state, ServerId peer, Effects& effects);

  // Messages of the leader.
  void on_not_leading();
  void on(State& state, const NewEpoch& message, MonotonicTime now, Effects& effects);
  void on(State& state, const SyncFrom& message, MonotonicTime now, Effects& effects);
  void on(State& state, const SnapshotPiece& message, MonotonicTime now, Effects& effects);
  void on(State& state, const NewLeader& message, MonotonicTime now, Effects& effects);
  void on(State& state, const UpToDate& message, MonotonicTime now, Effects& effects);
  void on(State& state, const Append& message, MonotonicTime now, Effects& effects);
  void on(State& state, const Commit& message, MonotonicTime now, Effects& effects);
  void on(State& state, const Franchise& message, MonotonicTime now, Effects& effects);
  void on(State& state, const Handover& message, MonotonicTime now, Effects& effects);
  void on(State& state, const FeedFrom& message, MonotonicTime now, Effects& effects);

  // Messages of a follower that feeds this server; of others they do not count.
  void on_fed(State& state, ServerId from, const Append& message, Effects& effects);
  void on_fed(State& state, ServerId from, const Commit& message, Effects& effects);
  void on_fed(State& state, ServerId from, const FeedEnd& message, Effects& effects);

  /// The log or the epochs have become durable, or a truncation is done.
  void on_durable(State& state, Effects& effects);
  void on_snapshot_written(const SnapshotProgress& progress, Effects& effects);
  void on_snapshot_installed(Zxid zxid, Effects& effects);
  void on_time(const State& state, MonotonicTime now, Effects& effects);
  [[nodiscard]] MonotonicTime next_time() const {
    return std::min(give_up_at_, source_.next_time());
  }
  /// The role is over.
  void leave(const State& state, Effects& effects) const { source_.leave(state, effects); }

  [[nodiscard]] Outcome outcome() const { return outcome_; }
  [[nodiscard]] ServerId successor() const { return successor_; }
  [[nodiscard]] ServerId leader() const { return leader_; }
  [[nodiscard]] const Source& source() const { return source_; }
  [[nodiscard]] std::int64_t epoch() const { return epoch_; }
  /// Where the history ended when this server had caught up with its leader.
  [[nodiscard]] Zxid greeted_at() const { return greeted_at_; }
  /// The leader has said that the epoch stands and that this server has its history.
  [[nodiscard]] bool is_established() const { return stage_ == Stage::UpToDate; }

  /// The leader has answered with its epoch.
  [[nodiscard]] bool is_invited() const { return stage_ > Stage::Connecting; }
  [[nodiscard]] bool is_synchronizing() const { return stage_ >= Stage::Promised; }

  void check_invariants(const State& state) const;

 private:
  enum class Stage : std::uint8_t {
    Connecting,  // no link, or asked and not answered
    Promising,   // the promise is on its way to the disk
    Promised,    // nothing is known yet of how the histories meet
    Syncing,     // the history is a prefix of the leader's
    Greeted,     // it is all there; becoming durable
    Entering,    // it is durable; the epoch is on its way to the disk
    InStep,      // acknowledged
    UpToDate,
  };

  [[nodiscard]] bool accepts(std::int64_t epoch, MonotonicTime now, const State& state);
  [[nodiscard]] bool is_fed_by(ServerId from, std::int64_t epoch) const;
  void ask(const State& state, MonotonicTime now, Effects& effects);
  void acknowledge(const State& state, Effects& effects);

  ServerId leader_;
  std::uint64_t attempt_;
  Stage stage_ = Stage::Connecting;
  Outcome outcome_ = Outcome::Following;
  ServerId successor_{};
  std::int64_t epoch_ = 0;
  bool counts_ = false;  // among the leader's voters
  Zxid greeted_at_;
  bool is_franchised_ = false;  // by this leader, who is to be told when it is durable
  std::uint64_t beat_ = 0;
  std::uint64_t acked_beat_ = 0;
  Zxid acked_;
  MonotonicTime give_up_at_;
  Source source_;
};

}  // namespace paddock::zab
