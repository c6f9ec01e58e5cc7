// SPDX-License-Identifier: Apache-2.0
//
// Sessions that this server alone knows: those that begin while it is cut off from its ensemble and
// serves what it last knew to clients that accept that. Nothing is ordered then, so their lives are
// no part of the state, and they end when there is a leader again. Source: ZooKeeper
// ReadOnlyZooKeeperServer, LocalSessionTracker.
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

void Replica::expire_local_sessions(Now now) {
  for (const SessionId id : local_sessions_.expire(now.monotonic)) {
    drop_connection_of(id);
    local_sessions_.close(id);
  }
}

/// This server has had no part in its ensemble for too long. One that finds a leader, but has not
/// yet what that one has, goes on as it is; one that knows nothing has nothing to serve.
void Replica::on_cut_off() {
  const bool is_alone = service() == gate::Service::ReadOnly || !peer_->leader();
  const bool may_read = options_.read_only_mode && is_alone && last_applied() != Zxid{};
  const bool serves = may_read && !is_removed_;
  const gate::Service next = serves ? gate::Service::ReadOnly : gate::Service::None;
  if (service() == next) return;
  tree_.set_service(next);
  // Those that accept it come back to read.
  drop_all_connections();
}

/// There is a leader: clients come back for sessions that can do everything.
void Replica::end_read_only() {
  if (service() != gate::Service::ReadOnly) return;
  drop_all_connections();
  std::vector<SessionId> ended;
  local_sessions_.for_each([&](const session::Session& session) { ended.push_back(session.id); });
  for (const SessionId id : ended) local_sessions_.close(id);
}

/// A new session exists here only, and one that this server knows goes on; but the owner of
/// ephemeral nodes does not: it would believe that it still holds what the others may have given
/// away by now. What has become of a session that this server does not know, the others know.
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
  if (owns_ephemerals(tree_.writers_view(), id)) return refuse(gate::MailKind::Close);
  static_cast<void>(local_sessions_.renew(id, timeout, now.monotonic));
  drop_connection_of(id);
  session->owner = entry.connection;
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
  local_sessions_.close(entry.session);
  mailer_.mail_now({.kind = gate::MailKind::Reply,
                    .err = is_local ? ErrorCode::Ok : ErrorCode::NotReadOnly,
                    .xid = entry.xid,
                    .connection = entry.connection,
                    .zxid = last_applied()},
                   kEmpty);
}

}  // namespace paddock::replica
