// SPDX-License-Identifier: Apache-2.0
//
// The core of a server as one pure machine: its part in the ensemble (zab::Peer), the ordering of
// requests while it leads, the state that everything committed is applied to, and the requests and
// sessions of its own connections. Standalone it is an ensemble of one. Owned by the core loop;
// every call is a step that neither blocks nor throws, and end_turn() completes any number of
// steps. Source: ZooKeeper QuorumPeer, LearnerZooKeeperServer, CommitProcessor,
// FinalRequestProcessor.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "gate/core_batch.h"
#include "gate/shared_tree.h"
#include "reconfig/members.h"
#include "replica/charter.h"
#include "replica/comparison.h"
#include "replica/digest_history.h"
#include "replica/effects.h"
#include "replica/link_counters.h"
#include "replica/mailer.h"
#include "replica/options.h"
#include "replica/orderer.h"
#include "replica/peer_message.h"
#include "replica/pending_requests.h"
#include "replica/standing_times.h"
#include "replica/write_times.h"
#include "session/session_table.h"
#include "tree/loader.h"
#include "zab/peer.h"

namespace paddock::replica {

struct ReplicaCounters {
  std::int64_t proposals = 0;
  BufferSizes proposal_sizes;  // while this server leads
  std::int64_t commits = 0;
  std::int64_t sessions_expired = 0;
  std::int64_t containers_deleted = 0;
  /// Comparisons in which not all trees were the same; and how often this server had to rebuild
  /// itself.
  std::int64_t digest_mismatches = 0;
  std::int64_t rebuilds = 0;
};

class Replica {
 public:
  /// `shards`: the first slots of `tree`, which take mail.
  Replica(gate::SharedTree& tree, std::size_t shards, ReplicaOptions options, Now now);

  // --- Recovery, before the first step.

  /// A session that a snapshot holds.
  void restore_session(const session::Session& session, MonotonicTime now);
  /// The snapshot's tree is loaded: the configuration that it holds counts.
  void restore_configuration();
  /// The snapshot's charter; also before on_snapshot_installed().
  void restore_charter(Charter charter);
  /// A committed transaction of the log above the snapshot, in zxid order. *Errors*: bytes that are
  /// no transaction, or one that does not follow.
  [[nodiscard]] Result<> recover(Zxid zxid, View payload, MonotonicTime now);
  /// Everything that is known to be committed is recovered, and applied; sessions get a full
  /// timeout from `now`. In an ensemble, `recovered.quorums` does not count.
  void start(zab::Recovered recovered, Now now, Effects& effects);

  // --- Steps.

  /// Requests and news of sessions from the shards.
  void on_batch(const gate::CoreBatch& batch, Now now);
  /// `feature_level`: the highest that the other server has.
  void on_link_up(ServerId peer, std::uint32_t feature_level, Now now);
  void on_link_down(ServerId peer, Now now);
  void on_message(ServerId from, PeerMessage message, Now now);

  // What effects have come to, in the order in which they were asked for: see zab::Peer.
  void on_log_durable(Zxid zxid, Now now);
  void on_truncated(Zxid zxid, Now now);
  void on_epochs_durable(zab::Epochs epochs, Now now);
  void on_log_read(zab::LogReadResult result, Now now);
  void on_snapshot_read(zab::SnapshotReadResult result, Now now);
  void on_snapshot_written(const zab::SnapshotProgress& progress, Now now);
  /// A received snapshot has replaced the log: `loaded` takes the place of the tree, and `sessions`
  /// that of the sessions.
  void on_snapshot_installed(Zxid zxid,
                             tree::TreeLoader& loaded,
                             const std::vector<session::Session>& sessions,
                             Now now);

  /// What was received was no whole snapshot, `is_damaged` or not all of it: everything is as it
  /// was.
  void on_install_failed(bool is_damaged, Now now);

  /// Call at least every half tick: expires sessions, containers and TTL nodes.
  void on_tick(Now now);
  /// Call at next_time() at the latest.
  void on_time(Now now);
  [[nodiscard]] MonotonicTime next_time() const { return peer_->next_time(); }

  /// Completes the steps since the last call: proposes, applies, answers. Only then `effects` has
  /// all that they came to.
  void end_turn(Now now, Effects& effects);
  /// More is committed than a turn applies: the next one is wanted now.
  [[nodiscard]] bool has_more() const { return can_apply(); }

  /// The right to vote with an empty disk, given once; see zab::Peer.
  void grant_vote(Now now);
  /// Hands leadership over; see zab::Peer.
  [[nodiscard]] bool begin_handover(std::optional<ServerId> successor, Now now);
  /// This server's disk is nearly full, or is not any more. Writes are refused, with NotReadOnly,
  /// while that is so of the leader's, or those with room are no quorum.
  void set_nearly_full(bool is_nearly_full);
  /// Its own disk is nearly full, or it leads and refuses writes for the others'.
  [[nodiscard]] bool lacks_space() const { return is_nearly_full_ || orderer_.is_read_only(); }
  void set_prepare_options(const request::PrepareOptions& options) {
    orderer_.set_prepare_options(options);
  }

  /// Who belongs to the ensemble, as applied: a pending configuration is committed and becomes the
  /// only one soon.
  [[nodiscard]] const election::Quorums& configuration() const { return ensemble_.configuration; }
  /// The members that clients see; nothing before there are any. Before the first reconfiguration
  /// they are those of the leader's file, and configuration() is what this server's own says.
  [[nodiscard]] std::optional<reconfig::Members> listed() const;
  /// As applied.
  [[nodiscard]] const Charter& charter() const { return ensemble_.charter; }
  /// The highest level that this server can apply.
  [[nodiscard]] std::uint32_t feature_level() const { return options_.feature_level; }
  /// The ensemble has gone on to a level that this server does not have: it can apply nothing more.
  [[nodiscard]] bool is_outdated() const {
    return ensemble_.charter.feature_level > options_.feature_level;
  }
  /// Full: there is a leader, or there was one a short while ago.
  [[nodiscard]] gate::Service service() const { return tree_.service(); }
  [[nodiscard]] bool is_serving() const { return service() == gate::Service::Full; }
  [[nodiscard]] Zxid last_applied() const { return tree_.writers_view().last_zxid(); }
  [[nodiscard]] const zab::Peer& peer() const { return *peer_; }
  [[nodiscard]] const session::SessionTable& sessions() const { return sessions_; }
  /// Those that are known to this server alone.
  [[nodiscard]] const session::SessionTable& local_sessions() const { return local_sessions_; }
  [[nodiscard]] bool has_local_sessions() const {
    return options_.local_sessions || options_.read_only_mode;
  }
  [[nodiscard]] ReplicaCounters counters() const;
  [[nodiscard]] const LinkCounters& link_counters() const { return link_counters_; }
  [[nodiscard]] const StandingTimes& standing_times() const { return standing_times_; }
  [[nodiscard]] const WriteTimes& write_times() const { return write_times_; }
  void reset_proposal_sizes() { orderer_.reset_proposal_sizes(); }
  /// Since when requests are ordered here; none: another server leads, or nobody does.
  [[nodiscard]] std::optional<MonotonicTime> leading_since() const {
    return orderer_.is_active() ? std::optional(orderer_.began_at()) : std::nullopt;
  }
  /// Requests of this server's connections that are not answered.
  [[nodiscard]] std::size_t in_flight() const { return pending_.size(); }
  /// Transactions that this leader has ordered and that are not applied.
  [[nodiscard]] std::size_t ordered() const { return orderer_.in_flight(); }
  /// Nothing that this server has ordered or taken is still to be applied.
  [[nodiscard]] bool is_quiet() const;

  void check_invariants() const;

 private:
  void note_removal();

  // Requests of this server's connections (requests.cpp).
  void on_entry(const gate::CoreBatch& batch, const gate::CoreEntry& entry, Now now);
  void on_write(const gate::CoreBatch& batch, const gate::CoreEntry& entry, Now now);
  void create_session(const gate::CoreEntry& entry, Now now);
  void attach_session(const gate::CoreEntry& entry, Now now);
  void on_connection_closed(const gate::CoreEntry& entry);
  void submit(PendingRequest request, View payload, auth::Identities identities, Now now);
  void decide(const Outcome& outcome);
  void resolve_doubts();
  [[nodiscard]] bool is_orphaned(const PendingRequest& request) const;
  void disown(PendingRequest& request);
  void release();
  void tell(const gate::SharedTree::WriteGate* gate, PendingRequest& request);
  void tell_attached(const gate::SharedTree::WriteGate* gate, PendingRequest& request);
  void mail(const gate::SharedTree::WriteGate* gate, const gate::MailEntry& entry, View text);
  void send_pending(Now now);
  void drop_connection_of(SessionId session);
  void drop_all_connections();

  // Sessions that this server alone knows (local_sessions.cpp).
  [[nodiscard]] session::Session* find_session(SessionId id);
  [[nodiscard]] const session::Session* find_session(SessionId id) const;
  void expire_local_sessions(Now now);
  void close_local(SessionId id, const gate::SharedTree::WriteGate* gate);
  void on_cut_off();
  void end_read_only();
  [[nodiscard]] bool is_local(SessionId id) const;
  void create_local_session(const gate::CoreEntry& entry, Now now);
  void attach_local_session(const gate::CoreEntry& entry, Now now);
  void close_local_session(const gate::CoreEntry& entry);
  void note_end_of_local(const PendingRequest& request, const gate::SharedTree::WriteGate* gate);
  void upgrade(SessionId id, Now now);
  void revoke_upgrade(SessionId id);
  void finish_upgrade(SessionId id);
  void answer_here(PendingRequest request, Outcome outcome);
  void attach_read_only(const gate::CoreEntry& entry, Now now);
  void close_read_only(const gate::CoreEntry& entry);

  // What other servers say (peers.cpp).
  void on(ServerId from, zab::Message& message, Now now);
  void note_times(ServerId from, const zab::Message& message, Now now);
  void on(ServerId from, Requests& message, Now now);
  void on(ServerId from, Outcomes& message, Now now);
  void on(ServerId from, SessionTouches& message, Now now);

  // Whether all trees are the same (compare.cpp).
  void on(ServerId from, TreeDigest& message, Now now);
  void on(ServerId from, Rebuild& message, Now now);
  void compare_trees(Now now);
  void judge(const Comparison& comparison, Now now);
  void give_way(const election::ServerSet& wrong, Now now);
  void answer_digest();
  void rebuild(Zxid zxid, Now now);

  // Whether there is room for what is written (space.cpp).
  void on(ServerId from, DiskSpace& message, Now now);
  void tell_space();
  void review_space();

  [[nodiscard]] bool is_from_leader(ServerId from, std::int64_t epoch) const;
  [[nodiscard]] bool is_to_leader(std::int64_t epoch) const;
  void order(ServerId from, const Forwarded& request, Now now);
  void order_held(Now now);
  void forget_requests_of(ServerId server, Now now);
  void propose_ordered(Now now);
  void note_standing(Now now);
  void on_established(Now now);
  void send_answers();
  void send_to_leader(PeerMessage message);

  // The state (apply.cpp).
  void apply_committed(std::size_t most, Now now);
  [[nodiscard]] bool can_apply() const;
  std::size_t apply_batch(const zab::EntryBatch& batch, std::size_t most, Now now);
  void apply(const gate::SharedTree::WriteGate& gate,
             const txn::pb::Txn& txn,
             const Origin& origin,
             Now now);
  void move_session(const gate::SharedTree::WriteGate& gate,
                    SessionId id,
                    const txn::pb::MoveSession& move);
  void apply_configuration_step(const txn::pb::Txn& txn);
  void apply_charter(const txn::pb::Charter& charter);
  void finish_reconfiguration(Now now);
  void apply_session_changes(const gate::SharedTree::WriteGate& gate,
                             const txn::pb::Txn& txn,
                             ConnectionId author,
                             Now now);
  void note_ended_ephemerals(const txn::pb::Txn& txn);

  gate::SharedTree& tree_;
  ReplicaOptions options_;
  session::SessionTable sessions_;
  session::SessionTable local_sessions_;
  session::SessionIds session_ids_;
  session::SessionIds read_only_ids_;
  Mailer mailer_;
  Orderer orderer_;
  PendingRequests pending_;
  EnsembleState ensemble_;
  bool was_listed_ = false;  // before what is pending
  /// Who has asked for what is pending, and where it began.
  std::pair<RequestId, Zxid> finishing_;
  /// It was a member until the configuration in force; clients are not served any more.
  bool is_removed_ = false;
  std::unique_ptr<zab::Peer> peer_;
  zab::Effects zab_effects_;
  std::vector<PeerEnvelope> sends_;

  // Where this server stood at the end of the last turn.
  std::uint64_t term_ = 0;
  bool is_established_ = false;
  MonotonicTime lost_at_;
  StandingTimes standing_times_;
  WriteTimes write_times_;
  LinkCounters link_counters_;
  bool has_unsent_ = false;
  /// Requests that came while this leader took none.
  std::vector<std::pair<ServerId, Forwarded>> held_;
  std::vector<SessionId> touched_;

  DigestHistory digests_;
  std::optional<Comparison> comparison_;  // while this server leads
  Zxid compared_;
  std::optional<Zxid> asked_digest_;  // by the leader
  std::vector<std::string> notes_;
  std::vector<EndedEphemeral> ended_ephemerals_;

  bool is_nearly_full_ = false;      // this server's disk
  election::ServerSet nearly_full_;  // those of others, while this server leads

  std::int64_t commits_ = 0;
  std::int64_t mismatches_ = 0;
  std::int64_t rebuilds_ = 0;
  txn::pb::Txn decoded_;
  tree::Changes changes_;
  ByteBuffer reply_;
};

}  // namespace paddock::replica
