// SPDX-License-Identifier: Apache-2.0
//
// Sessions that this server alone knows. Their lives are no part of the state: they begin and end
// without a transaction. There are two kinds: local sessions, as configured, which ask for writes
// in this server's name and are upgraded to sessions of the ensemble before they own an ephemeral
// node; and those that begin while the server is cut off from its ensemble and serves what it last
// knew to clients that accept that, which end when there is a leader again. Source: ZooKeeper
// LocalSessionTracker, UpgradeableSessionTracker, QuorumZooKeeperServer, ReadOnlyZooKeeperServer.
#include <utility>
#include <vector>

#include "replica/replica.h"

namespace paddock::replica {
namespace {

bool owns_ephemerals(const tree::DataTree& tree, SessionId id) {
  bool found = false;
  tree.for_each_ephemeral(id, [&](View) { found = true; });
  return found;
}

}  // namespace

session::Session* Replica::find_session(SessionId id) {
  session::Session* const local = local_sessions_.find(id);
  return local != nullptr ? local : sessions_.find(id);
}

const session::Session* Replica::find_session(SessionId id) const {
  const session::Session* const local = local_sessions_.find(id);
  return local != nullptr ? local : sessions_.find(id);
}

/// Nobody else knows the session, nor is about to.
bool Replica::is_local(SessionId id) const {
  const session::Session* const session = local_sessions_.find(id);
  return session != nullptr && !session->closing && !session->is_upgrading;
}

void Replica::expire_local_sessions(Now now) {
  for (const SessionId id : local_sessions_.expire(now.monotonic)) {
    drop_connection_of(id);
    close_local(id, nullptr);
  }
}

/// Also for what other servers know: whoever counts sessions hears of its end.
void Replica::close_local(SessionId id, const gate::SharedTree::WriteGate* gate) {
  local_sessions_.close(id);
  mailer_.mail_session_left(gate, id);
}

// --- Local sessions.

void Replica::create_local_session(const gate::CoreEntry& entry, Now now) {
  if (service() == gate::Service::None) {
    return mailer_.mail_now({.kind = gate::MailKind::Close, .connection = entry.connection},
                            kEmpty);
  }
  const SessionId id = session_ids_.next();
  local_sessions_.create(id, milliseconds(entry.timeout_ms), now.monotonic);
  local_sessions_.find(id)->owner = entry.connection;
  mailer_.mail_now({.kind = gate::MailKind::SessionAttached,
                    .timeout_ms = entry.timeout_ms,
                    .connection = entry.connection,
                    .session = id},
                   kEmpty);
}

/// Told behind what the session's earlier connection has on its way, as for all sessions.
void Replica::attach_local_session(const gate::CoreEntry& entry, Now now) {
  drop_connection_of(entry.session);
  local_sessions_.find(entry.session)->owner = entry.connection;
  static_cast<void>(
      local_sessions_.renew(entry.session, milliseconds(entry.timeout_ms), now.monotonic));
  PendingRequest request{.kind = entry.kind, .connection = entry.connection};
  request.request.session = entry.session;
  request.request.timeout_ms = entry.timeout_ms;
  answer_here(std::move(request), {.kind = OutcomeKind::Attached});
}

/// What it has asked for before is still carried out, so it ends with the answer.
void Replica::close_local_session(const gate::CoreEntry& entry) {
  local_sessions_.find(entry.session)->closing = true;
  PendingRequest request{.kind = entry.kind, .connection = entry.connection, .xid = entry.xid};
  request.request.session = entry.session;
  request.ends_local = true;
  answer_here(std::move(request), {.kind = OutcomeKind::Reply});
}

/// Takes a request in whose answer needs nobody else, behind those that came before.
void Replica::answer_here(PendingRequest request, Outcome outcome) {
  PendingRequest& place = pending_.add();
  place = std::move(request);
  place.request.id = pending_.last();
  place.is_decided = true;
  place.outcome = std::move(outcome);
  place.outcome.id = pending_.last();
  place.outcome.after = last_applied();
}

/// The leader may know that the client has given the session up: nothing is done for it any more.
void Replica::note_end_of_local(const PendingRequest& request,
                                const gate::SharedTree::WriteGate* gate) {
  const OutcomeKind kind = request.outcome.kind;
  const bool is_given_up =
      request.is_decided &&
      (kind == OutcomeKind::Refused || (kind == OutcomeKind::Moved && request.request.is_local));
  if (request.ends_local || is_given_up) close_local(request.request.session, gate);
}

/// From now on its requests are those of a session that all servers know, behind the one that makes
/// it known.
void Replica::upgrade(SessionId id, Now now) {
  session::Session& session = *local_sessions_.find(id);
  session.is_upgrading = true;
  PendingRequest request{.kind = gate::CoreKind::CreateSession, .connection = session.owner};
  request.is_upgrade = true;
  request.request.session = id;
  request.request.timeout_ms = static_cast<std::int32_t>(session.timeout.count());
  request.request.is_local = true;
  submit(std::move(request), kEmpty, {}, now);
}

/// Nobody has been asked for it, and nobody will be.
void Replica::revoke_upgrade(SessionId id) {
  session::Session* const session = local_sessions_.find(id);
  if (session != nullptr) session->is_upgrading = false;
}

void Replica::finish_upgrade(SessionId id) {
  const session::Session* const local = local_sessions_.find(id);
  if (local == nullptr) return;
  sessions_.find(id)->owner = local->owner;
  local_sessions_.close(id);
}

// --- Read-only mode.

/// This server has had no part in its ensemble for too long. One that finds a leader, but has not
/// yet what that one has, goes on as it is; one that knows nothing has nothing to serve.
void Replica::on_cut_off() {
  const bool is_alone = service() == gate::Service::ReadOnly || !peer_->leader();
  const bool has_state = last_applied() != Zxid{} && !peer_->state().must_rebuild;
  const bool may_read = options_.read_only_mode && is_alone && has_state;
  const bool serves = may_read && !is_removed_;
  const gate::Service next = serves ? gate::Service::ReadOnly : gate::Service::None;
  if (service() == next) return;
  tree_.set_service(next);
  // Those that accept it come back to read.
  drop_all_connections();
}

/// There is a leader: clients come back for sessions that can do everything, local ones as before.
void Replica::end_read_only() {
  if (service() != gate::Service::ReadOnly) return;
  drop_all_connections();
  std::vector<SessionId> ended;
  local_sessions_.for_each([&](const session::Session& session) {
    if (session::SessionIds::is_of_read_only(session.id)) ended.push_back(session.id);
  });
  for (const SessionId id : ended) close_local(id, nullptr);
}

/// A new session exists here only, and one that this server knows goes on; but the owner of
/// ephemeral nodes, or who may be one, does not: it would believe that it still holds what the
/// others may have given away by now. What has become of a session that this server does not know,
/// the others know.
void Replica::attach_read_only(const gate::CoreEntry& entry, Now now) {
  const auto refuse = [&](gate::MailKind kind) {
    mailer_.mail_now({.kind = kind, .connection = entry.connection}, kEmpty);
  };
  if (!entry.accepts_read_only) return refuse(gate::MailKind::Close);
  const milliseconds timeout{entry.timeout_ms};
  const bool is_new = entry.kind == gate::CoreKind::CreateSession;
  const SessionId id = is_new ? read_only_ids_.next() : entry.session;
  if (is_new) local_sessions_.create(id, timeout, now.monotonic);
  session::Session* const session = find_session(id);
  if (session == nullptr) {
    const bool has_ended = session::SessionIds::is_of_read_only(id);
    return refuse(has_ended ? gate::MailKind::SessionRefused : gate::MailKind::Close);
  }
  if (session->is_upgrading || owns_ephemerals(tree_.writers_view(), id)) {
    return refuse(gate::MailKind::Close);
  }
  static_cast<void>(local_sessions_.renew(id, timeout, now.monotonic));
  drop_connection_of(id);
  session->owner = entry.connection;
  mailer_.mail_session_moved(nullptr, id, entry.connection);
  mailer_.mail_now({.kind = gate::MailKind::SessionAttached,
                    .timeout_ms = entry.timeout_ms,
                    .is_read_only = true,
                    .connection = entry.connection,
                    .session = id},
                   kEmpty);
}

/// The shard refuses everything else. The end of a session that others know must be ordered.
void Replica::close_read_only(const gate::CoreEntry& entry) {
  const bool is_local = local_sessions_.find(entry.session) != nullptr;
  if (is_local) close_local(entry.session, nullptr);
  mailer_.mail_now({.kind = gate::MailKind::Reply,
                    .err = is_local ? ErrorCode::Ok : ErrorCode::NotReadOnly,
                    .xid = entry.xid,
                    .connection = entry.connection,
                    .zxid = last_applied()},
                   kEmpty);
}

}  // namespace paddock::replica
