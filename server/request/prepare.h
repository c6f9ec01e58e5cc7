// SPDX-License-Identifier: Apache-2.0
//
// The meaning of writes: a request becomes the transaction that carries it out, judged against the
// tree plus the changes that are proposed but not applied yet (the overlay). Owned by the core of
// the server that orders writes. Source: ZooKeeper PrepRequestProcessor.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "auth/access.h"
#include "auth/identities.h"
#include "base/error_code.h"
#include "base/ids.h"
#include "base/time.h"
#include "jute/opcode.h"
#include "jute/writer.h"
#include "session/session_table.h"
#include "tree/data_tree.h"
#include "txn/forward.h"

namespace paddock::request {

struct PrepareOptions {
  bool skip_acl = false;
  bool extended_types_enabled = false;  // TTL nodes
  bool enforce_quota = false;
  /// Whether reconfig is refused as Unimplemented (standalone) rather than as ReconfigDisabled.
  bool reconfig_enabled = false;
  /// Only a reconfiguration changes /zookeeper/config.
  bool is_ensemble = false;
  auth::AclSchemes acl_schemes;
};

struct WriteRequest {
  jute::Opcode opcode{};
  View payload;
  SessionId session{};
  std::int32_t xid = 0;
  auth::Identities identities;
  /// The session is not in the table: the server that asks knows it, and it may own no ephemerals.
  bool is_local_session = false;
};

struct PrepareOutcome {
  ErrorCode err = ErrorCode::Ok;
  /// A multi that failed: the reply's header says Ok and `multi_errors` has a code per operation.
  bool multi_failed = false;
  /// The connection is closed after the reply (unknown and internal opcodes, check outside multi).
  bool close_connection = false;
};

class Preparer {
 public:
  Preparer(const tree::DataTree& tree,
           const session::SessionTable& sessions,
           PrepareOptions options);
  ~Preparer();

  /// Judges `request` and fills `txn` (cleared first; zxid, session, xid, time set) if it succeeds;
  /// its changes then count for later requests. On failure nothing is remembered. create, create2,
  /// createContainer, createTTL, delete, setData, setACL, multi, closeSession; reconfig and check
  /// are refused as a standalone server does; everything else is Unimplemented. A session that is
  /// closing, also by a transaction that is not applied yet, may not change anything.
  [[nodiscard]] PrepareOutcome prepare(const WriteRequest& request,
                                       Zxid zxid,
                                       WallTime now,
                                       txn::pb::Txn& txn);

  /// Makes `text` the content of /zookeeper/config, if the author of `request` may write there, as
  /// the beginning of a reconfiguration. Errors: NoAuth, and those of the session.
  [[nodiscard]] ErrorCode prepare_configuration(
      const WriteRequest& request, View text, Zxid zxid, WallTime now, txn::pb::Txn& txn);

  /// The codes of the multi that failed last, one per operation.
  [[nodiscard]] const std::vector<ErrorCode>& multi_errors() const;

  /// The transactions that the server proposes by itself.
  void prepare_create_session(
      SessionId id, milliseconds timeout, Zxid zxid, WallTime now, txn::pb::Txn& txn);
  void prepare_close_session(SessionId id, Zxid zxid, WallTime now, txn::pb::Txn& txn);
  /// The configuration as clients see it, for those who were configured alike.
  void prepare_configuration_text(View text, Zxid zxid, WallTime now, txn::pb::Txn& txn);
  /// What was begun to be configured is in force.
  void prepare_configuration_finish(Zxid zxid, WallTime now, txn::pb::Txn& txn);
  /// An expired container or TTL node; false if it is not (or no longer) to be removed.
  [[nodiscard]] bool prepare_delete_expired(View path, Zxid zxid, WallTime now, txn::pb::Txn& txn);

  /// Everything up to `zxid` has been applied to the tree: the overlay forgets it.
  void on_applied(Zxid zxid);

  /// Limits and switches that may change while running.
  void set_options(PrepareOptions options);

  void check_invariants() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Whether a request asks for a node that only a session which all servers know may own: what a
/// local session is upgraded for. Source: ZooKeeper QuorumZooKeeperServer.checkUpgradeSession.
[[nodiscard]] bool creates_ephemeral(jute::Opcode opcode, View payload);

/// Appends the reply record of an applied transaction (nothing for delete and closeSession).
/// `stats`: as tree::Changes gave them, one per operation.
void write_reply(const txn::pb::Txn& txn, const std::vector<jute::Stat>& stats, jute::Writer& out);

/// Appends the reply record of a failed multi.
void write_multi_errors(const std::vector<ErrorCode>& errors, jute::Writer& out);

}  // namespace paddock::request
