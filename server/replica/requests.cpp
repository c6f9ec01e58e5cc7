// SPDX-License-Identifier: Apache-2.0
//
// The requests of this server's own connections: from the shard to whoever orders them, and their
// answers back, in the order in which they came.
#include <algorithm>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>

#include "base/assert.h"
#include "replica/replica.h"

namespace paddock::replica {

void Replica::on_batch(const gate::CoreBatch& batch, Now now) {
  for (const gate::CoreEntry& entry : batch.entries()) on_entry(batch, entry, now);
}

void Replica::on_entry(const gate::CoreBatch& batch, const gate::CoreEntry& entry, Now now) {
  switch (entry.kind) {
    case gate::CoreKind::Write:
      return on_write(batch, entry, now);
    case gate::CoreKind::CreateSession:
      if (service() == gate::Service::ReadOnly) return attach_read_only(entry, now);
      return create_session(entry, now);
    case gate::CoreKind::AttachSession:
      if (service() == gate::Service::ReadOnly) return attach_read_only(entry, now);
      return attach_session(entry, now);
    case gate::CoreKind::ConnectionClosed:
      return on_connection_closed(entry);
    case gate::CoreKind::Touch:
      if (local_sessions_.touch(entry.session, now.monotonic)) return;
      static_cast<void>(sessions_.touch(entry.session, now.monotonic));
      if (!orderer_.is_active()) touched_.push_back(entry.session);
      return;
  }
  PADDOCK_UNREACHABLE();
}

void Replica::on_write(const gate::CoreBatch& batch, const gate::CoreEntry& entry, Now now) {
  PendingRequest request{.kind = entry.kind, .connection = entry.connection, .xid = entry.xid};
  const session::Session* const session = find_session(entry.session);
  if (session != nullptr && session->owner != entry.connection) {
    // Fenced: the session lives on another connection by now. ZooKeeper closes without an answer.
    return mailer_.mail_now({.kind = gate::MailKind::Close, .connection = entry.connection},
                            kEmpty);
  }
  if (service() == gate::Service::ReadOnly) return close_read_only(entry);
  if (is_local(entry.session)) {
    if (entry.opcode == jute::Opcode::CloseSession) return close_local_session(entry);
    if (options_.local_sessions_upgrading &&
        request::creates_ephemeral(entry.opcode, batch.payload(entry))) {
      upgrade(entry.session, now);
    }
  }
  request.request.is_local = is_local(entry.session);
  request.request.opcode = entry.opcode;
  request.request.session = entry.session;
  submit(std::move(request),
         batch.payload(entry),
         {entry.identities_count, batch.identities(entry)},
         now);
}

void Replica::create_session(const gate::CoreEntry& entry, Now now) {
  if (options_.local_sessions) return create_local_session(entry, now);
  PendingRequest request{.kind = entry.kind, .connection = entry.connection};
  request.request.session = session_ids_.next();
  request.request.timeout_ms = entry.timeout_ms;
  submit(std::move(request), kEmpty, {}, now);
}

void Replica::attach_session(const gate::CoreEntry& entry, Now now) {
  if (is_local(entry.session)) return attach_local_session(entry, now);
  session::Session* const session = sessions_.find(entry.session);
  if (session != nullptr && !session->closing) {
    // The older connection may ask for nothing more from now on.
    if (session->owner != entry.connection) drop_connection_of(entry.session);
    session->owner = entry.connection;
  }
  PendingRequest request{.kind = entry.kind, .connection = entry.connection};
  request.request.session = entry.session;
  request.request.timeout_ms = entry.timeout_ms;
  submit(std::move(request), kEmpty, {}, now);
}

void Replica::on_connection_closed(const gate::CoreEntry& entry) {
  session::Session* const session = find_session(entry.session);
  if (session != nullptr && session->owner == entry.connection) session->owner = ConnectionId{};
}

void Replica::drop_connection_of(SessionId id) {
  session::Session* const session = find_session(id);
  if (session == nullptr || session->owner == ConnectionId{}) return;
  mailer_.mail_now({.kind = gate::MailKind::Close, .connection = session->owner}, kEmpty);
  session->owner = ConnectionId{};
}

void Replica::drop_all_connections() {
  std::vector<SessionId> owned;
  for (const session::SessionTable* const table : {&sessions_, &local_sessions_}) {
    table->for_each([&](const session::Session& session) {
      if (session.owner != ConnectionId{}) owned.push_back(session.id);
    });
  }
  for (const SessionId id : owned) drop_connection_of(id);
  while (!pending_.empty()) {
    mailer_.mail_now({.kind = gate::MailKind::Close, .connection = pending_.front().connection},
                     kEmpty);
    note_end_of_local(pending_.front(), nullptr);
    pending_.pop();
  }
}

/// Takes a request in: it is ordered here and now, or sent to the leader, or waits for one.
void Replica::submit(PendingRequest request, View payload, auth::Identities identities, Now now) {
  PendingRequest& place = pending_.add();
  place = std::move(request);
  place.request.id = pending_.last();
  place.request.kind = place.kind;
  place.request.xid = place.xid;
  place.outcome.id = pending_.last();
  if (orderer_.is_active() && peer_->is_open() && !has_unsent_) {
    place.is_sent = true;
    orderer_.order({.origin = {options_.server, place.request.id},
                    .kind = place.kind,
                    .opcode = place.request.opcode,
                    .xid = place.xid,
                    .timeout_ms = place.request.timeout_ms,
                    .session = place.request.session,
                    .payload = payload,
                    .identities = identities,
                    .is_local = place.request.is_local},
                   now);
    if (options_.peer.is_alone) return;
  } else {
    has_unsent_ = true;
  }
  place.request.payload.assign(payload);
  place.request.identities.assign(identities.bytes());
  place.request.identities_count = std::max(identities.count(), 0);
}

/// A write whose connection is not the session's any more: the client may have learned elsewhere
/// that it did not happen, so it must not happen from now on.
bool Replica::is_orphaned(const PendingRequest& request) const {
  if (request.kind != gate::CoreKind::Write && !request.is_upgrade) return false;
  const session::Session* const session = find_session(request.request.session);
  if (session == nullptr) return request.request.is_local;
  return session->owner != request.connection;
}

/// Its connection, if it is still there, is closed without an answer.
void Replica::disown(PendingRequest& request) {
  if (request.is_upgrade) revoke_upgrade(request.request.session);
  request.request.is_local = false;
  request.is_decided = true;
  request.outcome.kind = OutcomeKind::Moved;
  request.outcome.after = {};
}

/// Sends what nobody has been asked yet.
void Replica::send_pending(Now now) {
  if (!std::exchange(has_unsent_, false)) return;
  Requests requests{.epoch = peer_->epoch(), .requests = {}};
  const bool leads = orderer_.is_active();
  pending_.for_each([&](RequestId, PendingRequest& request) {
    if (request.is_decided || std::exchange(request.is_sent, true)) return;
    if (is_orphaned(request)) return disown(request);
    if (leads) return order(options_.server, request.request, now);
    requests.requests.push_back(request.request);
  });
  if (!requests.requests.empty()) send_to_leader(std::move(requests));
}

/// This server has the next leader's history, so it is known which of its requests have happened.
/// The others are asked for again, unless their connection has gone on without them: a later
/// request of it that has happened proves what an earlier one was refused by, but one whose answer
/// was lost cannot be carried out behind it.
void Replica::resolve_doubts() {
  boost::unordered_flat_map<ConnectionId, bool> has_gone_on;
  pending_.for_each_backwards([&](PendingRequest& request) {
    bool& later_happened = has_gone_on[request.connection];
    if (request.outcome.kind == OutcomeKind::Applied && request.is_decided) later_happened = true;
    if (!std::exchange(request.is_in_doubt, false)) return;
    if (!later_happened) {
      request.is_decided = request.is_sent = false;
      has_unsent_ = true;
      return;
    }
    if (!request.is_decided) disown(request);
  });
}

void Replica::decide(const Outcome& outcome) {
  PendingRequest* const request = pending_.find(outcome.id);
  if (request == nullptr || request->is_decided) return;
  request->is_decided = true;
  request->outcome = outcome;
}

/// Answers what can be answered, in order.
void Replica::release() {
  while (!pending_.empty() && pending_.front().is_answerable(last_applied())) {
    tell(nullptr, pending_.front());
    pending_.pop();
  }
}

void Replica::tell(const gate::SharedTree::WriteGate* gate, PendingRequest& request) {
  const Outcome& outcome = request.outcome;
  note_end_of_local(request, gate);
  if (request.is_upgrade) return;
  switch (outcome.kind) {
    case OutcomeKind::Applied:
    case OutcomeKind::Reply:
      if (request.kind != gate::CoreKind::Write) return tell_attached(gate, request);
      mail(gate,
           {.kind = gate::MailKind::Reply,
            .err = outcome.err,
            .xid = request.xid,
            .connection = request.connection,
            // Its own place in the history, also if something before it was answered later.
            .zxid = request.ends_local ? last_applied() : outcome.after},
           outcome.body);
      if (outcome.close_connection) {
        mail(gate, {.kind = gate::MailKind::Close, .connection = request.connection}, kEmpty);
      }
      return;
    case OutcomeKind::Attached:
      return tell_attached(gate, request);
    case OutcomeKind::Refused:
      return mail(
          gate, {.kind = gate::MailKind::SessionRefused, .connection = request.connection}, kEmpty);
    case OutcomeKind::Moved:
      return mail(gate, {.kind = gate::MailKind::Close, .connection = request.connection}, kEmpty);
  }
  PADDOCK_UNREACHABLE();
}

void Replica::tell_attached(const gate::SharedTree::WriteGate* gate, PendingRequest& request) {
  const SessionId id = request.request.session;
  session::Session* const session = find_session(id);
  if (session == nullptr) {
    // It has ended between the leader's word and now.
    return mail(
        gate, {.kind = gate::MailKind::SessionRefused, .connection = request.connection}, kEmpty);
  }
  if (session->owner != ConnectionId{} && session->owner != request.connection) {
    mail(gate, {.kind = gate::MailKind::Close, .connection = session->owner}, kEmpty);
  }
  mailer_.mail_session_moved(gate, id, request.connection);
  session->owner = request.connection;
  session->timeout = milliseconds(request.request.timeout_ms);
  mail(gate,
       {.kind = gate::MailKind::SessionAttached,
        .timeout_ms = request.request.timeout_ms,
        .connection = request.connection,
        .session = id},
       kEmpty);
}

void Replica::mail(const gate::SharedTree::WriteGate* gate,
                   const gate::MailEntry& entry,
                   View text) {
  if (gate != nullptr) return mailer_.mail(*gate, entry, text);
  mailer_.mail_now(entry, text);
}

}  // namespace paddock::replica
