// SPDX-License-Identifier: Apache-2.0
#include "replica/replica.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/assert.h"
#include "gate/connection_id.h"
#include "jute/records.h"
#include "jute/writer.h"

namespace paddock::replica {

namespace {

/// Transactions applied under one write gate at most: readers wait no longer than that.
constexpr std::size_t kApplyBatchMax = 256;

}  // namespace

Replica::Replica(gate::SharedTree& tree, std::size_t shards, ReplicaOptions options, Now now)
    : tree_(tree),
      shards_(shards),
      options_(options),
      sessions_(options.tick),
      session_ids_(options.server, now.wall),
      preparer_(tree.writers_view(), sessions_, options.prepare) {
  PADDOCK_ASSERT(shards <= tree.slots());
}

void Replica::restore_session(SessionId id, milliseconds timeout, MonotonicTime now) {
  sessions_.create(id, timeout, now);
  session_ids_.skip(id);
}

Result<> Replica::recover(Zxid zxid, View payload, MonotonicTime now) {
  txn::pb::Txn txn;
  if (!txn.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) {
    return fail("a log record is not a transaction: the log was written by something else");
  }
  if (txn.zxid() != zxid.value || zxid <= last_applied()) {
    return fail("a log record's transaction does not follow the one before it");
  }
  InFlight entry;
  entry.zxid = zxid;
  entry.txn = std::make_unique<txn::pb::Txn>(std::move(txn));
  Effects nobody_listens;
  apply(tree_.write(), entry, Now{.monotonic = now, .wall = {}}, nobody_listens);
  return {};
}

void Replica::start(Now now) {
  PADDOCK_ASSERT(in_flight_.empty());
  last_proposed_ = last_committed_ = last_applied();
  preparer_.on_applied(last_committed_);
  sessions_.touch_all(now.monotonic);
  sessions_.for_each([&](const session::Session& session) { session_ids_.skip(session.id); });
  next_container_check_ = now.monotonic + options_.container_check_interval;
}

void Replica::on_batch(const gate::CoreBatch& batch, Now now, Effects& effects) {
  for (const gate::CoreEntry& entry : batch.entries()) on_entry(batch, entry, now, effects);
}

void Replica::on_entry(const gate::CoreBatch& batch,
                       const gate::CoreEntry& entry,
                       Now now,
                       Effects& effects) {
  switch (entry.kind) {
    case gate::CoreKind::Write:
      return on_write(batch, entry, now, effects);
    case gate::CoreKind::CreateSession:
      return create_session(entry, now, effects);
    case gate::CoreKind::AttachSession:
      return attach_session(entry, now, effects);
    case gate::CoreKind::ConnectionClosed:
      return on_connection_closed(entry);
    case gate::CoreKind::Touch:
      static_cast<void>(sessions_.touch(entry.session, now.monotonic));
      return;
  }
  PADDOCK_UNREACHABLE();
}

void Replica::on_write(const gate::CoreBatch& batch,
                       const gate::CoreEntry& entry,
                       Now now,
                       Effects& effects) {
  InFlight waiting;
  waiting.connection = entry.connection;
  waiting.xid = entry.xid;

  session::Session* session = sessions_.find(entry.session);
  if (session == nullptr || session->closing) {
    waiting.err = ErrorCode::SessionExpired;
    return answer_in_order(std::move(waiting), effects);
  }
  if (session->owner != entry.connection) {
    // Fenced: the session lives on another connection by now. ZooKeeper closes without an answer.
    return mail_now(
        {.kind = gate::MailKind::Close, .connection = entry.connection}, kEmpty, effects);
  }
  if (entry.opcode == jute::Opcode::Sync) {
    jute::PathRequest request;
    if (!jute::decode(batch.payload(entry), request)) {
      waiting.err = ErrorCode::MarshallingError;
    } else {
      jute::Writer(reply_).put(jute::PathResponse{request.path});
      waiting.body.assign(reply_.view());
      reply_.clear();
    }
    return answer_in_order(std::move(waiting), effects);
  }
  if (read_only_ && entry.opcode != jute::Opcode::CloseSession) {
    waiting.err = ErrorCode::NotReadOnly;
    return answer_in_order(std::move(waiting), effects);
  }

  waiting.txn = in_flight_.take_txn();
  const request::WriteRequest request{
      .opcode = entry.opcode,
      .payload = batch.payload(entry),
      .session = entry.session,
      .xid = entry.xid,
      .identities = {entry.identities_count, batch.identities(entry)}};
  const request::PrepareOutcome outcome =
      preparer_.prepare(request, last_proposed_.next(), now.wall, *waiting.txn);
  waiting.close_connection = outcome.close_connection;
  if (outcome.err == ErrorCode::Ok && !outcome.multi_failed) {
    if (entry.opcode == jute::Opcode::CloseSession) session->closing = true;
    return propose(std::move(waiting), effects);
  }
  in_flight_.recycle(std::move(waiting.txn));
  waiting.err = outcome.err;
  if (outcome.multi_failed) {
    jute::Writer writer(reply_);
    request::write_multi_errors(preparer_.multi_errors(), writer);
    waiting.body.assign(reply_.view());
    reply_.clear();
  }
  answer_in_order(std::move(waiting), effects);
}

void Replica::create_session(const gate::CoreEntry& entry, Now now, Effects& effects) {
  InFlight waiting;
  waiting.connection = entry.connection;
  waiting.is_handshake = true;
  waiting.txn = in_flight_.take_txn();
  preparer_.prepare_create_session(session_ids_.next(),
                                   milliseconds(entry.timeout_ms),
                                   last_proposed_.next(),
                                   now.wall,
                                   *waiting.txn);
  propose(std::move(waiting), effects);
}

void Replica::attach_session(const gate::CoreEntry& entry, Now now, Effects& effects) {
  session::Session* session = sessions_.find(entry.session);
  if (session == nullptr || session->closing) {
    return mail_now(
        {.kind = gate::MailKind::SessionRefused, .connection = entry.connection}, kEmpty, effects);
  }
  if (session->owner != ConnectionId{} && session->owner != entry.connection) {
    mail_now({.kind = gate::MailKind::Close, .connection = session->owner}, kEmpty, effects);
  }
  session->owner = entry.connection;
  static_cast<void>(sessions_.renew(entry.session, milliseconds(entry.timeout_ms), now.monotonic));
  // Answered behind what the session's earlier connection has on its way: whoever attaches sees the
  // outcome of every write that can still take effect.
  InFlight waiting;
  waiting.connection = entry.connection;
  waiting.is_handshake = true;
  waiting.attached = {.session = entry.session, .timeout_ms = entry.timeout_ms};
  answer_in_order(std::move(waiting), effects);
}

void Replica::on_connection_closed(const gate::CoreEntry& entry) {
  session::Session* session = sessions_.find(entry.session);
  if (session != nullptr && session->owner == entry.connection) session->owner = ConnectionId{};
}

void Replica::on_log_durable(Zxid zxid, Now now, Effects& effects) {
  PADDOCK_ASSERT(zxid <= last_proposed_);
  last_committed_ = std::max(last_committed_, zxid);
  while (!in_flight_.empty() && in_flight_.front().zxid <= last_committed_) {
    const gate::SharedTree::WriteGate gate = tree_.write();
    // Undelivered events name their lists; without any, those that no node uses may go.
    if (all_mail_delivered(gate)) gate.tree().release_unused_acls();
    for (std::size_t count = 0; count < kApplyBatchMax && !in_flight_.empty() &&
                                in_flight_.front().zxid <= last_committed_;
         ++count) {
      InFlight entry = in_flight_.pop();
      apply(gate, entry, now, effects);
      in_flight_.recycle(std::move(entry.txn));
    }
  }
  preparer_.on_applied(last_applied());
}

bool Replica::all_mail_delivered(const gate::SharedTree::WriteGate& gate) const {
  for (std::size_t shard = 0; shard < shards_; ++shard) {
    if (!gate.mail(shard).empty()) return false;
  }
  return true;
}

void Replica::on_tick(Now now, Effects& effects) {
  expire_sessions(now, effects);
  if (now.monotonic >= next_container_check_) {
    next_container_check_ = now.monotonic + options_.container_check_interval;
    expire_containers(now, effects);
  }
}

void Replica::expire_sessions(Now now, Effects& effects) {
  for (const SessionId id : sessions_.expire(now.monotonic)) {
    InFlight entry;
    entry.txn = in_flight_.take_txn();
    preparer_.prepare_close_session(id, last_proposed_.next(), now.wall, *entry.txn);
    propose(std::move(entry), effects);
    ++counters_.sessions_expired;
  }
}

void Replica::expire_containers(Now now, Effects& effects) {
  if (read_only_ || now.monotonic < next_container_delete_) return;
  const Duration pause =
      Duration(std::chrono::minutes(1)) / static_cast<std::int64_t>(std::max<std::size_t>(
                                              options_.container_deletes_per_minute_max, 1));
  const auto limit = static_cast<std::size_t>(
      std::max<std::int64_t>(1, options_.container_check_interval / pause));
  std::vector<std::string> paths;
  tree_.writers_view().collect_expired(
      now.wall.ms, options_.container_never_used_max.count(), limit, paths);
  next_container_delete_ = now.monotonic + pause * static_cast<std::int64_t>(paths.size());
  for (const std::string& path : paths) {
    InFlight entry;
    entry.txn = in_flight_.take_txn();
    if (preparer_.prepare_delete_expired(path, last_proposed_.next(), now.wall, *entry.txn)) {
      propose(std::move(entry), effects);
      ++counters_.containers_deleted;
    } else {
      in_flight_.recycle(std::move(entry.txn));
    }
  }
}

void Replica::propose(InFlight entry, Effects& effects) {
  last_proposed_ = last_proposed_.next();
  entry.zxid = last_proposed_;
  const std::size_t length = entry.txn->ByteSizeLong();
  char* at = effects.proposals.add(entry.zxid, length);
  entry.txn->SerializeWithCachedSizesToArray(reinterpret_cast<std::uint8_t*>(at));
  in_flight_.push(std::move(entry));
  ++counters_.proposals;
}

void Replica::answer_in_order(InFlight entry, Effects& effects) {
  entry.zxid = last_proposed_;
  if (!in_flight_.empty()) return in_flight_.push(std::move(entry));
  const std::size_t shard = gate::shard_of(entry.connection);
  const gate::SharedTree::ReadGate gate = tree_.read(shard);
  note_mailed(shard, effects);
  mail_answer(gate.mail(), entry);
}

void Replica::apply(const gate::SharedTree::WriteGate& gate,
                    InFlight& entry,
                    Now now,
                    Effects& effects) {
  if (entry.txn == nullptr) {
    return mail_answer(mail_of(gate, entry.connection, effects), entry);
  }
  changes_.clear();
  gate.tree().apply(*entry.txn, changes_);
  mail_changes(gate, entry.zxid, effects);
  apply_session_changes(gate, entry, now, effects);
  ++counters_.commits;
  if (entry.connection == ConnectionId{} || entry.is_handshake) return;
  jute::Writer writer(reply_);
  request::write_reply(*entry.txn, changes_.stats(), writer);
  mail_reply(mail_of(gate, entry.connection, effects), entry, reply_.view());
  reply_.clear();
}

void Replica::apply_session_changes(const gate::SharedTree::WriteGate& gate,
                                    const InFlight& entry,
                                    Now now,
                                    Effects& effects) {
  for (const txn::pb::Op& op : entry.txn->ops()) {
    const SessionId id{entry.txn->session()};
    if (op.has_create_session()) {
      const milliseconds timeout(op.create_session().timeout_ms());
      sessions_.create(id, timeout, now.monotonic);
      session_ids_.skip(id);
      if (!entry.is_handshake) continue;
      sessions_.find(id)->owner = entry.connection;
      mail_of(gate, entry.connection, effects)
          .add({.kind = gate::MailKind::SessionAttached,
                .timeout_ms = op.create_session().timeout_ms(),
                .connection = entry.connection,
                .session = id});
    } else if (op.has_close_session()) {
      const session::Session* session = sessions_.find(id);
      const ConnectionId owner = session == nullptr ? ConnectionId{} : session->owner;
      sessions_.close(id);
      // Who asked for it gets a reply; a session that expired only loses its connection.
      if (owner != ConnectionId{} && owner != entry.connection) {
        mail_of(gate, owner, effects).add({.kind = gate::MailKind::Close, .connection = owner});
      }
    }
  }
}

void Replica::mail_changes(const gate::SharedTree::WriteGate& gate, Zxid zxid, Effects& effects) {
  if (changes_.list().empty()) return;
  for (std::size_t shard = 0; shard < shards_; ++shard) {
    if (!gate.wants_events(shard)) continue;
    note_mailed(shard, effects);
    for (const tree::Change& change : changes_.list()) {
      gate.mail(shard).add(
          {.kind = gate::MailKind::Event, .event = change.type, .acl = change.acl, .zxid = zxid},
          changes_.path(change));
    }
  }
}

void Replica::mail_answer(gate::Mail& mail, const InFlight& entry) const {
  if (!entry.is_handshake) return mail_reply(mail, entry, entry.body);
  mail.add({.kind = gate::MailKind::SessionAttached,
            .timeout_ms = entry.attached.timeout_ms,
            .connection = entry.connection,
            .session = entry.attached.session});
}

void Replica::mail_reply(gate::Mail& mail, const InFlight& entry, View body) const {
  mail.add({.kind = gate::MailKind::Reply,
            .err = entry.err,
            .xid = entry.xid,
            .connection = entry.connection,
            .zxid = last_applied()},
           body);
  if (entry.close_connection) {
    mail.add({.kind = gate::MailKind::Close, .connection = entry.connection});
  }
}

void Replica::mail_now(const gate::MailEntry& entry, View text, Effects& effects) {
  const std::size_t shard = gate::shard_of(entry.connection);
  const gate::SharedTree::ReadGate gate = tree_.read(shard);
  gate.mail().add(entry, text);
  note_mailed(shard, effects);
}

gate::Mail& Replica::mail_of(const gate::SharedTree::WriteGate& gate,
                             ConnectionId connection,
                             Effects& effects) const {
  const std::size_t shard = gate::shard_of(connection);
  PADDOCK_ASSERT(shard < shards_);
  note_mailed(shard, effects);
  return gate.mail(shard);
}

void Replica::note_mailed(std::size_t shard, Effects& effects) {
  if (std::ranges::find(effects.mailed, shard) == effects.mailed.end()) {
    effects.mailed.push_back(shard);
  }
}

void Replica::check_invariants() const {
  PADDOCK_ASSERT(last_applied() <= last_committed_);
  PADDOCK_ASSERT(last_committed_ <= last_proposed_);
  if (!in_flight_.empty())
    PADDOCK_ASSERT(in_flight_.front().zxid > last_applied() || in_flight_.front().txn == nullptr);
  sessions_.check_invariants();
  preparer_.check_invariants();
}

}  // namespace paddock::replica
