// SPDX-License-Identifier: Apache-2.0
//
// The role of a server that was elected: wins a quorum for a new epoch (discovery), brings the
// learners to its history (synchronization) and then orders proposals (broadcast). Owned by Peer.
// Invariants: nothing is committed before a quorum of voters that are in the epoch holds it
// durably; a voter counts only once it has acknowledged NewLeader. Source: Zab (DSN 2011), phases
// 1 to 3, the leader's side; ZooKeeper Leader, LearnerHandler.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "election/server_set.h"
#include "zab/effects.h"
#include "zab/feed.h"
#include "zab/feeders.h"
#include "zab/message.h"
#include "zab/state.h"

namespace paddock::zab {

class Leader {
 public:
  /// `first_ticket`: above all tickets of earlier leaderships.
  Leader(const State& state, MonotonicTime now, std::uint64_t first_ticket);
  void begin(State& state, Effects& effects);

  /// What became of the role.
  enum class Outcome : std::uint8_t {
    Leading,
    /// Look for a leader again.
    Resigned,
    /// `successor()` leads.
    HandedOver,
  };

  void on_join(
      State& state, ServerId from, const JoinRequest& join, MonotonicTime now, Effects& effects);
  void on_link_down(ServerId peer);

  void on(State& state, ServerId from, const EpochAck& ack, MonotonicTime now, Effects& effects);
  void on(State& state, ServerId from, const SnapshotAck& ack, MonotonicTime now, Effects& effects);
  void on(
      State& state, ServerId from, const NewLeaderAck& ack, MonotonicTime now, Effects& effects);
  void on(
      State& state, ServerId from, const FranchiseAck& ack, MonotonicTime now, Effects& effects);
  void on(State& state, ServerId from, const Ack& ack, MonotonicTime now, Effects& effects);
  void on(
      State& state, ServerId from, const FeedRequest& request, MonotonicTime now, Effects& effects);

  void on_log_read(const State& state, LogReadResult result, Effects& effects);
  void on_snapshot_read(const State& state, SnapshotReadResult result, Effects& effects);
  /// The log or the epochs have become durable.
  void on_durable(State& state, Effects& effects);
  void on_time(State& state, MonotonicTime now, Effects& effects);
  [[nodiscard]] MonotonicTime next_time(const State& state) const;

  /// Orders the entries of a batch; is_open().
  void propose(State& state, const SharedBatch& batch, Effects& effects);
  /// Asks the learners for a sign of life; when confirmed_beat() reaches the returned number, this
  /// server was still the leader when it asked.
  [[nodiscard]] std::uint64_t ask_quorum(const State& state, MonotonicTime now, Effects& effects);
  /// The highest beat that a quorum has answered.
  [[nodiscard]] std::uint64_t confirmed_beat(const State& state) const;

  /// Stops taking proposals and hands over to `successor` once it has everything. False: it is no
  /// voter that is in step.
  [[nodiscard]] bool begin_handover(State& state,
                                    ServerId successor,
                                    MonotonicTime now,
                                    Effects& effects);
  /// See Peer.
  void distrust(ServerId id);
  /// The voter that is nearest to having everything; none if nobody is in step.
  [[nodiscard]] std::optional<ServerId> best_successor(const State& state) const;

  [[nodiscard]] Outcome outcome() const { return outcome_; }
  [[nodiscard]] ServerId successor() const { return *successor_; }
  [[nodiscard]] std::int64_t epoch() const { return epoch_; }
  /// A quorum has the epoch and its history.
  [[nodiscard]] bool is_established() const { return stage_ == Stage::Broadcast; }
  [[nodiscard]] bool is_synchronizing() const { return stage_ == Stage::Synchronization; }
  struct Follower {
    ServerId id{};
    bool is_voter = false;
    bool is_in_step = false;
    /// What it has acknowledged; of one that is fed by another, what it had then.
    Zxid acked;
    /// The one that feeds it; none: this server does.
    std::optional<ServerId> feeder;
  };
  [[nodiscard]] std::vector<Follower> followers(const State& state) const;
  /// Where the history ended that the epoch began with.
  [[nodiscard]] Zxid initial_last() const { return initial_last_; }
  /// Proposals are taken.
  [[nodiscard]] bool is_open() const { return is_established() && !successor_; }
  [[nodiscard]] bool knows(ServerId id) const { return learners_.contains(id); }
  /// The servers that have the history, and whose vote counts where they are voters; this one is
  /// among them.
  [[nodiscard]] election::ServerSet in_step(const State& state) const;

  void check_invariants(const State& state) const;

 private:
  enum class Stage : std::uint8_t {
    Discovery,        // until a quorum has promised the epoch
    Synchronization,  // until a quorum has the history
    Broadcast,
  };
  enum class LearnerStage : std::uint8_t {
    Joined,    // waits for an epoch to be chosen
    Invited,   // has been told the epoch
    Promised,  // has promised it; waits for a quorum of these
    Syncing,
    Greeted,  // has been sent all of the history and NewLeader behind it
    InStep,   // has it, durably, and is in the epoch
  };
  struct Learner {
    explicit Learner(Feed the_feed) : feed(std::move(the_feed)) {}

    LearnerStage stage = LearnerStage::Joined;
    std::uint64_t attempt = 0;
    bool may_vote = false;
    std::int64_t accepted_epoch = 0;
    EpochAck ack;
    Zxid greeted_at;
    std::uint64_t beat = 0;
    /// Not 0: when a quorum has answered this, the learner gets the right to vote.
    std::uint64_t franchise_at = 0;
    MonotonicTime heard;
    Feed feed;
  };

  [[nodiscard]] Learner* find(ServerId id, LearnerStage at_least);
  [[nodiscard]] static bool counts(const State& state, ServerId id, const Learner& learner);
  void choose_epoch(State& state, Effects& effects);
  void invite(const State& state, ServerId id, Learner& learner, Effects& effects) const;
  void count_promises(State& state, Effects& effects);
  void start_sync(const State& state, Learner& learner, Effects& effects);
  void feed(const State& state, ServerId id, Learner& learner, Effects& effects);
  void enter_own_epoch(State& state, Effects& effects);
  void advance(State& state, Effects& effects);
  void offer_franchise(const State& state, Effects& effects);
  void tell_up_to_date(const State& state, ServerId id, Effects& effects) const;
  [[nodiscard]] bool holds(const State& state, Zxid zxid) const;
  [[nodiscard]] Zxid committable(const State& state) const;
  void tell_committed(const State& state, Effects& effects) const;
  void note_progress(const State& state, MonotonicTime now);
  void tend_fed(const State& state, MonotonicTime now, Effects& effects);
  void review_feeders(const State& state, MonotonicTime now, Effects& effects);
  [[nodiscard]] bool may_be_fed(const State& state, ServerId id, const Learner& learner) const;
  [[nodiscard]] static bool may_succeed(const State& state, ServerId id, const Learner& learner);
  void try_hand_over(State& state, Effects& effects);
  [[nodiscard]] bool is_heard_by_quorum(const State& state, MonotonicTime now) const;

  Stage stage_ = Stage::Discovery;
  Outcome outcome_ = Outcome::Leading;
  std::int64_t epoch_ = 0;  // 0: not chosen yet
  /// Where the initial history ends.
  Zxid initial_last_;
  std::uint64_t first_ticket_;
  std::map<ServerId, Learner> learners_;
  std::uint64_t beat_ = 1;
  MonotonicTime next_beat_;
  MonotonicTime give_up_at_;  // until the epoch is established
  std::optional<ServerId> successor_;
  MonotonicTime handover_ends_;
  Feeders feeders_;
  MonotonicTime next_review_;  // of the feeders; those who are fed hear of this server then
  std::uint64_t reviewed_changes_ = 0;  // of the configuration
};

}  // namespace paddock::zab
