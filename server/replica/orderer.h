// SPDX-License-Identifier: Apache-2.0
//
// The leader's work on requests, its own and those of other servers: judges each against the tree
// and everything that is ordered and not applied, and makes of it a transaction, or an outcome that
// is told when what it depends on is applied. Knows which server each session lives on, and
// proposes what nobody asked for: the end of expired sessions and nodes. Owned by the replica;
// works between begin() and end(). Source: ZooKeeper PrepRequestProcessor, ContainerManager,
// SessionTrackerImpl.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "base/buffer_sizes.h"
#include "base/byte_buffer.h"
#include "base/ids.h"
#include "base/time.h"
#include "gate/core_batch.h"
#include "reconfig/members.h"
#include "replica/charter.h"
#include "replica/in_flight.h"
#include "replica/options.h"
#include "replica/origin.h"
#include "replica/peer_message.h"
#include "replica/refused_sessions.h"
#include "request/prepare.h"
#include "session/session_table.h"
#include "tree/data_tree.h"
#include "zab/entries.h"
#include "zab/peer.h"

namespace paddock::replica {

struct OrdererCounters {
  std::int64_t proposals = 0;
  BufferSizes proposal_sizes;  // of this leadership
  std::int64_t sessions_expired = 0;
  std::int64_t containers_deleted = 0;
};

/// A request as it is ordered; views into whatever holds it.
struct OrderRequest {
  Origin origin;
  gate::CoreKind kind{};  // Write, CreateSession or AttachSession
  jute::Opcode opcode{};
  std::int32_t xid = 0;
  std::int32_t timeout_ms = 0;
  SessionId session{};
  View payload;
  auth::Identities identities;
  /// The session is known to the asking server alone; of CreateSession: was, until now.
  bool is_local = false;
};

/// The state that the ensemble's own transactions change, as applied; the replica's.
struct EnsembleState {
  election::Quorums configuration;
  Charter charter;
  FeatureLevels levels;
};

class Orderer {
 public:
  /// What others must be told.
  struct Answer {
    ServerId to{};
    Outcome outcome;
  };

  Orderer(const tree::DataTree& tree,
          session::SessionTable& sessions,
          const ReplicaOptions& options);
  ~Orderer();

  /// `peer` leads: its history, all of which is applied, ends at `last`; what is ordered gets zxids
  /// above, in its epoch. `peer` and `ensemble` must stay as long as this is active.
  void begin(Zxid last, const zab::Peer& peer, const EnsembleState& ensemble, Now now);
  /// It does not lead any more: what was ordered and is not applied may come to nothing.
  void end(Now now);
  [[nodiscard]] bool is_active() const { return is_active_; }

  void order(const OrderRequest& request, Now now);
  /// Proposes the end of expired sessions, containers and TTL nodes.
  void on_tick(Now now);
  /// What `server` has asked for and was not told: it asks again, if it still wants to know.
  void forget(ServerId server);
  /// Everything up to `zxid` is applied.
  void on_applied(Zxid zxid);
  /// The beginning of a reconfiguration is applied: both quorums have it.
  void finish_reconfiguration(Now now);
  void on_reconfigured() { is_reconfiguring_ = false; }
  /// A change of the members is ordered, perhaps not even proposed, and not applied to its end.
  [[nodiscard]] bool is_reconfiguring() const { return is_reconfiguring_; }
  void on_chartered() { is_chartering_ = false; }

  /// The transactions that were ordered since the last call, as one batch; null if there are none.
  [[nodiscard]] zab::SharedBatch take_batch();
  /// The transaction of `zxid`, which is the next that is applied; none if it is not of this
  /// leadership. Give it back when it has been applied.
  [[nodiscard]] std::optional<InFlight> take(Zxid zxid);
  void give_back(std::unique_ptr<txn::pb::Txn> txn) { in_flight_.recycle(std::move(txn)); }

  /// What only a leader may say and no transaction proves, syncs and refused writes, waits for a
  /// quorum to confirm that this server leads.
  [[nodiscard]] bool wants_confirmation() const { return !unconfirmed_.empty() && !asked_beat_; }
  void on_asked(std::uint64_t beat);
  void on_confirmed(std::uint64_t beat);
  [[nodiscard]] std::optional<std::uint64_t> awaited_beat() const { return asked_beat_; }

  [[nodiscard]] std::vector<Answer>& answers() { return answers_; }
  /// Why requests were refused, for the log: what the protocol has no room for.
  [[nodiscard]] std::vector<std::string>& notes() { return notes_; }

  void set_read_only(bool read_only) { read_only_ = read_only; }
  [[nodiscard]] bool is_read_only() const { return read_only_; }
  void set_prepare_options(const request::PrepareOptions& options);

  [[nodiscard]] Zxid last() const { return last_; }
  [[nodiscard]] std::size_t in_flight() const { return in_flight_.size(); }
  [[nodiscard]] const OrdererCounters& counters() const { return counters_; }
  void reset_proposal_sizes() { counters_.proposal_sizes = {}; }
  /// When the present leadership began; is_active().
  [[nodiscard]] MonotonicTime began_at() const { return began_at_; }
  void check_invariants() const;

 private:
  struct Home {
    ServerId server{};
    Zxid zxid;
  };
  struct SessionHash {
    using is_avalanching = void;
    std::size_t operator()(SessionId id) const;
  };
  struct Unconfirmed {
    Answer answer;
    bool is_asked = false;
  };

  void order_write(const OrderRequest& request, Now now);
  void order_sync(const OrderRequest& request);
  void note_closing(SessionId id);
  void order_reconfiguration(const OrderRequest& request, Now now);
  /// The members after the request; nothing if it was answered.
  [[nodiscard]] std::optional<reconfig::Members> judge_reconfiguration(const OrderRequest& request);
  void refuse(const OrderRequest& request, ErrorCode err, std::string why);
  void propose_configuration_text(Now now);
  void review_charter(Now now);
  void create_session(const OrderRequest& request, Now now);
  void attach_session(const OrderRequest& request, Now now);
  void refuse_session(const OrderRequest& request, Now now);
  void expire_sessions(Now now);
  void expire_containers(Now now);
  void propose(std::unique_ptr<txn::pb::Txn> txn, const Origin& origin);
  void answer(const Origin& origin, Outcome outcome);
  void answer_confirmed(const Origin& origin, Outcome outcome);
  void move_session(const OrderRequest& request, Now now);
  /// Where the session lives once everything that is ordered is applied; none: there is no such
  /// session.
  [[nodiscard]] std::optional<ServerId> home_of(SessionId id) const;
  [[nodiscard]] bool is_elsewhere(ServerId home, const Origin& origin) const;
  [[nodiscard]] Zxid next_zxid() const;

  const tree::DataTree& tree_;
  session::SessionTable& sessions_;
  const ReplicaOptions& options_;
  std::unique_ptr<request::Preparer> preparer_;
  request::PrepareOptions prepare_options_;
  bool is_active_ = false;
  bool read_only_ = false;
  const zab::Peer* peer_ = nullptr;
  const EnsembleState* ensemble_ = nullptr;
  /// From the proposal of the beginning until the end is applied.
  bool is_reconfiguring_ = false;
  /// A new charter is proposed and not applied.
  bool is_chartering_ = false;
  std::uint32_t epoch_ = 0;
  MonotonicTime began_at_;
  Zxid last_;
  InFlightQueue in_flight_;
  std::shared_ptr<zab::EntryBatch> batch_;
  std::vector<Unconfirmed> unconfirmed_;
  std::optional<std::uint64_t> asked_beat_;
  std::vector<Answer> answers_;
  std::vector<std::string> notes_;
  /// Sessions that move to another server or are upgraded, until that is applied.
  boost::unordered_flat_map<SessionId, Home, SessionHash> next_homes_;
  /// Their clients are told that they have ended: what their servers, which do not know that yet,
  /// still ask for is too late.
  RefusedSessions refused_;
  MonotonicTime next_container_check_;
  MonotonicTime next_container_delete_;  // not before, by the limit per minute
  OrdererCounters counters_;
  ByteBuffer reply_;
};

}  // namespace paddock::replica
