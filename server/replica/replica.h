// SPDX-License-Identifier: Apache-2.0
//
// The core of a server as one pure machine: orders writes, tracks sessions, commits what the log
// reports durable, applies it to the shared tree and mails the outcome to the shards. Standalone it
// is an ensemble of one: a transaction is committed once its own log has it. Owned by the core
// loop; every call is a step that neither blocks nor throws. Source: ZooKeeper
// PrepRequestProcessor, FinalRequestProcessor, ContainerManager, SessionTrackerImpl.
#pragma once

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "gate/core_batch.h"
#include "gate/shared_tree.h"
#include "replica/effects.h"
#include "replica/in_flight.h"
#include "replica/options.h"
#include "request/prepare.h"
#include "session/session_table.h"

namespace paddock::replica {

struct ReplicaCounters {
  std::int64_t proposals = 0;
  std::int64_t commits = 0;
  std::int64_t sessions_expired = 0;
  std::int64_t containers_deleted = 0;
};

class Replica {
 public:
  /// `shards`: the first slots of `tree`, which take mail.
  Replica(gate::SharedTree& tree, std::size_t shards, ReplicaOptions options, Now now);

  // --- Recovery, before the first step.

  /// A session that a snapshot holds.
  void restore_session(SessionId id, milliseconds timeout, MonotonicTime now);
  /// A transaction of the log above the snapshot, in zxid order. *Errors*: bytes that are no
  /// transaction, or one that does not follow.
  [[nodiscard]] Result<> recover(Zxid zxid, View payload, MonotonicTime now);
  /// Everything is recovered: sessions get a full timeout from `now`.
  void start(Now now);

  // --- Steps.

  /// Requests and news of sessions from the shards.
  void on_batch(const gate::CoreBatch& batch, Now now, Effects& effects);
  /// The log has everything up to `zxid` on disk.
  void on_log_durable(Zxid zxid, Now now, Effects& effects);
  /// Call at least every half tick: expires sessions, containers and TTL nodes.
  void on_tick(Now now, Effects& effects);
  /// The space on the disk: a read-only server refuses writes with NotReadOnly.
  void set_read_only(bool read_only) { read_only_ = read_only; }
  [[nodiscard]] bool is_read_only() const { return read_only_; }
  void set_prepare_options(request::PrepareOptions options) { preparer_.set_options(options); }

  [[nodiscard]] Zxid last_proposed() const { return last_proposed_; }
  [[nodiscard]] Zxid last_applied() const { return tree_.writers_view().last_zxid(); }
  [[nodiscard]] const session::SessionTable& sessions() const { return sessions_; }
  [[nodiscard]] const ReplicaCounters& counters() const { return counters_; }
  [[nodiscard]] std::size_t in_flight() const { return in_flight_.size(); }

  void check_invariants() const;

 private:
  void on_entry(const gate::CoreBatch& batch,
                const gate::CoreEntry& entry,
                Now now,
                Effects& effects);
  void on_write(const gate::CoreBatch& batch,
                const gate::CoreEntry& entry,
                Now now,
                Effects& effects);
  void create_session(const gate::CoreEntry& entry, Now now, Effects& effects);
  void attach_session(const gate::CoreEntry& entry, Now now, Effects& effects);
  void on_connection_closed(const gate::CoreEntry& entry);
  void expire_sessions(Now now, Effects& effects);
  void expire_containers(Now now, Effects& effects);

  /// Logs a transaction and queues its author behind it.
  void propose(InFlight entry, Effects& effects);
  /// Queues an answer behind everything proposed so far; given at once if nothing is in flight.
  void answer_in_order(InFlight entry, Effects& effects);
  void apply(const gate::SharedTree::WriteGate& gate, InFlight& entry, Now now, Effects& effects);
  void apply_session_changes(const gate::SharedTree::WriteGate& gate,
                             const InFlight& entry,
                             Now now,
                             Effects& effects);
  void mail_changes(const gate::SharedTree::WriteGate& gate, Zxid zxid, Effects& effects);
  /// The answer of a request, or of a handshake, that has no transaction.
  void mail_answer(gate::Mail& mail, const InFlight& entry) const;
  void mail_reply(gate::Mail& mail, const InFlight& entry, View body) const;
  [[nodiscard]] bool all_mail_delivered(const gate::SharedTree::WriteGate& gate) const;
  /// Mail to one connection outside the write gate.
  void mail_now(const gate::MailEntry& entry, View text, Effects& effects);
  [[nodiscard]] gate::Mail& mail_of(const gate::SharedTree::WriteGate& gate,
                                    ConnectionId connection,
                                    Effects& effects) const;
  static void note_mailed(std::size_t shard, Effects& effects);

  gate::SharedTree& tree_;
  std::size_t shards_;
  ReplicaOptions options_;
  session::SessionTable sessions_;
  session::SessionIds session_ids_;
  request::Preparer preparer_;
  InFlightQueue in_flight_;
  Zxid last_proposed_;
  Zxid last_committed_;
  bool read_only_ = false;
  MonotonicTime next_container_check_;
  MonotonicTime next_container_delete_;  // not before, by the limit per minute
  ReplicaCounters counters_;
  tree::Changes changes_;
  ByteBuffer reply_;
};

}  // namespace paddock::replica
