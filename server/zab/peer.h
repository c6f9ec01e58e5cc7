// SPDX-License-Identifier: Apache-2.0
//
// One server's part in the ensemble as a pure machine: looking for a leader, leading, or following.
// It sees transactions as zxids and bytes. Every call is a step that neither blocks nor throws;
// what has to happen outside is put into Effects, and what has become durable comes back as an
// input. Owned by replica::Replica, on the core's thread. Source: Zab (Junqueira, Reed, Serafini,
// DSN 2011); ZooKeeper QuorumPeer.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "election/election.h"
#include "zab/effects.h"
#include "zab/leader.h"
#include "zab/learner.h"
#include "zab/message.h"
#include "zab/relay.h"
#include "zab/state.h"

namespace paddock::zab {

enum class Role : std::uint8_t {
  Looking,
  Leading,
  Following,
};

enum class Phase : std::uint8_t {
  Election,
  Discovery,
  Synchronization,
  Broadcast,
};

/// As the admin commands show it: "election", "discovery", "synchronization", "broadcast".
[[nodiscard]] std::string_view name(Phase phase);

struct PeerCounters {
  std::int64_t elections = 0;
};

class Peer {
 public:
  Peer(const PeerOptions& options, Recovered recovered);

  /// Begins to look for a leader; an ensemble of one has found it.
  void start(MonotonicTime now, Effects& effects);

  // --- Links. A link that comes up again has lost what was on its way.
  void on_link_up(ServerId peer, MonotonicTime now, Effects& effects);
  void on_link_down(ServerId peer, MonotonicTime now, Effects& effects);
  void on_message(ServerId from, Message message, MonotonicTime now, Effects& effects);

  // --- What effects have come to, in the order in which they were asked for.
  void on_log_durable(Zxid zxid, MonotonicTime now, Effects& effects);
  void on_truncated(Zxid zxid, MonotonicTime now, Effects& effects);
  void on_epochs_durable(Epochs epochs, MonotonicTime now, Effects& effects);
  void on_log_read(LogReadResult result, MonotonicTime now, Effects& effects);
  void on_snapshot_read(SnapshotReadResult result, MonotonicTime now, Effects& effects);
  void on_snapshot_written(const SnapshotProgress& progress, MonotonicTime now, Effects& effects);
  /// The snapshot has replaced log and state; `quorums`: by what it holds.
  void on_snapshot_installed(Zxid zxid,
                             election::Quorums quorums,
                             MonotonicTime now,
                             Effects& effects);
  /// What was received was no whole snapshot, `is_damaged` or not all of it: everything is as it
  /// was.
  void on_install_failed(bool is_damaged, MonotonicTime now, Effects& effects);

  void on_time(MonotonicTime now, Effects& effects);
  /// When on_time() has something to do at the latest.
  [[nodiscard]] MonotonicTime next_time() const;

  // --- For the leader's core.

  /// Proposals are taken: this server leads, a quorum has the epoch, nothing is being handed over.
  [[nodiscard]] bool is_open() const;
  /// Orders the entries of a batch, whose zxids follow last() in epoch(). is_open().
  void propose(const SharedBatch& batch, MonotonicTime now, Effects& effects);
  /// See Leader. is_open().
  [[nodiscard]] std::uint64_t ask_quorum(MonotonicTime now, Effects& effects);
  [[nodiscard]] std::uint64_t confirmed_beat() const;
  /// The leader and everybody who has its history and may vote; empty without leading.
  [[nodiscard]] election::ServerSet in_step() const;
  /// What `server` holds is wrong, and it is about to be told: its word counts no more until it
  /// joins again. This server leads, and is_settled(): a quorum that a crash takes back may need
  /// it.
  void distrust(ServerId server);
  /// What this server holds is wrong: it votes no more until it has a leader's snapshot and, from
  /// that leader, the right to vote. A quorum must be able to do without it. Not alone.
  void begin_rebuild(MonotonicTime now, Effects& effects);
  /// This server's vote counts from now on, whatever its disk holds: the ensemble begins.
  void grant_vote(MonotonicTime now, Effects& effects);
  /// Hands leadership over to `successor`, or to the best one. False: this server does not lead, or
  /// there is no such voter in step. It may come to nothing, and then is_open() is true again.
  [[nodiscard]] bool begin_handover(std::optional<ServerId> successor,
                                    MonotonicTime now,
                                    Effects& effects);

  // --- What everybody may know.
  [[nodiscard]] Role role() const;
  [[nodiscard]] bool is_alone() const { return state_.options.is_alone; }
  /// Whom this server follows, or itself; none while looking.
  [[nodiscard]] std::optional<ServerId> leader() const;
  /// The epoch stands and this server has its history: clients may be served.
  [[nodiscard]] bool is_established() const;
  /// Where the leader's history ended when this server joined it: nothing that came before in this
  /// or another epoch is above. is_established().
  [[nodiscard]] Zxid joined_at() const;
  /// Of the leader; 0 while there is none.
  [[nodiscard]] std::int64_t epoch() const;
  [[nodiscard]] Phase phase() const;
  /// Those that follow this server; empty without leading.
  [[nodiscard]] std::vector<Leader::Follower> followers() const;
  /// The follower that feeds this observer; none: its leader does.
  [[nodiscard]] std::optional<ServerId> feeder() const;
  /// The observers that this follower feeds.
  [[nodiscard]] std::vector<ServerId> fed_observers() const { return relay_.observers(); }
  /// Rises whenever the role, the leader or the epoch changes.
  [[nodiscard]] std::uint64_t term() const { return term_; }
  [[nodiscard]] Zxid last() const { return state_.history.last(); }
  [[nodiscard]] Zxid committed() const { return state_.committed; }
  [[nodiscard]] const State& state() const { return state_; }
  /// Who decides, by this server's log.
  [[nodiscard]] const election::Quorums& quorums() const { return state_.quorums(); }
  /// No crash takes back what has changed quorums().
  [[nodiscard]] bool is_settled() const { return state_.membership.is_settled(); }
  /// Rises whenever quorums() may have changed.
  [[nodiscard]] std::uint64_t quorum_changes() const { return state_.membership.changes(); }
  /// The leader's history contradicts what is committed here: this server must not go on.
  [[nodiscard]] bool has_diverged() const { return has_diverged_; }
  [[nodiscard]] const PeerCounters& counters() const { return counters_; }

  /// Everything up to `zxid` is applied: its entries are kept only for learners.
  void on_applied(Zxid zxid);

  void check_invariants() const;

 private:
  struct Looking {
    election::Election election;
  };
  /// A snapshot is being installed, and whoever sent it is gone.
  struct Installing {};
  using AnyRole = std::variant<Installing, Looking, Leader, Learner>;
  struct Joiner {
    JoinRequest request;
    MonotonicTime until;
  };

  void look(MonotonicTime now, Effects& effects);
  void lead(MonotonicTime now, Effects& effects);
  void follow(ServerId leader, MonotonicTime now, Effects& effects);
  void end_role(Effects& effects);
  void take(election::ElectionEffects found, MonotonicTime now, Effects& effects);
  /// Changes the role if the present one has come to its end.
  void settle(MonotonicTime now, Effects& effects);
  [[nodiscard]] bool is_forsaken(ServerId from, const Notification& notification) const;
  void answer_looking(ServerId from, const Notification& notification, Effects& effects) const;
  void on_join(ServerId from, const JoinRequest& join, MonotonicTime now, Effects& effects);
  void drop_joiners(MonotonicTime now, Effects& effects);
  /// Tells those who look for a leader that this server has become one.
  void announce(Effects& effects);
  void tell_strangers(const Leader& leader, Effects& effects);
  [[nodiscard]] Notification standing_of(const Leader& leader) const;
  void note_durable(MonotonicTime now, Effects& effects);

  // Messages, by who may take them.
  void on(ServerId from, Notification& message, MonotonicTime now, Effects& effects);
  void on(ServerId from, JoinRequest& message, MonotonicTime now, Effects& effects);
  void on(ServerId from, NotLeading& message, MonotonicTime now, Effects& effects);
  void on(ServerId from, Append& message, MonotonicTime now, Effects& effects);
  void on(ServerId from, Commit& message, MonotonicTime now, Effects& effects);
  void on(ServerId from, Ack& message, MonotonicTime now, Effects& effects);
  void on(ServerId from, FeedRequest& message, MonotonicTime now, Effects& effects);
  void on(ServerId from, FeedEnd& message, MonotonicTime now, Effects& effects);
  template <class FromLeaderOrFeeder>
  void take_broadcast(ServerId from,
                      FromLeaderOrFeeder& message,
                      MonotonicTime now,
                      Effects& effects);
  template <class ForLeaderOrLearner>
  void on(ServerId from, ForLeaderOrLearner& message, MonotonicTime now, Effects& effects);

  State state_;
  AnyRole role_;
  std::int64_t round_ = 0;  // of the last election
  std::uint64_t term_ = 0;
  std::uint64_t next_ticket_ = 0;
  Relay relay_{0};              // of a follower
  std::int64_t announced_ = 0;  // the last epoch that was
  bool has_diverged_ = false;
  std::map<ServerId, Joiner> joiners_;  // who asked while this server did not lead
  PeerCounters counters_;
};

}  // namespace paddock::zab
