// SPDX-License-Identifier: Apache-2.0
#include <limits>
#include <utility>

#include "auth/access.h"
#include "gate/connection_id.h"
#include "shard/shard_impl.h"

namespace paddock::shard {

namespace {

/// How often a client that does not read may exceed the output limit by events before it is
/// dropped.
constexpr std::size_t kOutputOverflowFactor = 16;

constexpr Zxid kZxidMax{std::numeric_limits<std::int64_t>::max()};

}  // namespace

void Shard::Impl::drain(gate::Mail& mail, Turn& turn) {
  for (const gate::MailEntry& entry : mail.entries()) {
    if (entry.kind == gate::MailKind::Event) {
      on_event(entry, mail.bytes(entry), turn);
      continue;
    }
    count_session(entry, turn);
    if (trail && entry.kind == gate::MailKind::Reply) {
      trail->on_reply(entry.connection, entry.xid, entry.err, mail.bytes(entry), turn.now.wall);
    }
    Connection* connection = connections.find(entry.connection);
    if (connection == nullptr || connection->phase == Phase::Closing) {
      if (entry.kind == gate::MailKind::Reply) ++counters.replies_stale;
      continue;
    }
    switch (entry.kind) {
      case gate::MailKind::Reply:
        on_reply(*connection, entry, mail.bytes(entry), turn);
        break;
      case gate::MailKind::SessionAttached:
        on_attached(*connection, entry, turn);
        break;
      case gate::MailKind::SessionRefused:
        refuse_session(*connection, turn);
        break;
      case gate::MailKind::Close:
        begin_close(*connection, turn);
        break;
      case gate::MailKind::Event:
      case gate::MailKind::SessionLeft:
      case gate::MailKind::Ephemerals:
        PADDOCK_UNREACHABLE();
    }
  }
  mail.clear();
}

/// Whether its connection is still there or not.
void Shard::Impl::count_session(const gate::MailEntry& entry, const Turn& turn) {
  if (!session_counts.is_on()) return;
  switch (entry.kind) {
    case gate::MailKind::SessionAttached:
      return session_counts.attach(
          entry.connection, entry.session, turn.gate->tree().ephemeral_count(entry.session));
    case gate::MailKind::SessionRefused:
    case gate::MailKind::Close:
      return session_counts.refuse(entry.connection);
    case gate::MailKind::SessionLeft:
      return session_counts.leave(entry.session);
    case gate::MailKind::Ephemerals:
      return session_counts.set_ephemerals(entry.session, entry.ephemerals);
    case gate::MailKind::Reply:
    case gate::MailKind::Event:
      return;
  }
}

void Shard::Impl::on_reply(Connection& connection,
                           const gate::MailEntry& entry,
                           View record,
                           Turn& turn) {
  PADDOCK_ASSERT(!connection.writes.empty());
  const UnansweredWrite write = connection.writes.front();
  PADDOCK_ASSERT(write.xid == entry.xid);
  release_events(connection, entry.zxid);
  if (write.is_barrier) return on_barrier(connection, entry.err, turn);
  ReplyWriter reply(connection.output);
  reply.body().out().append(record);
  count_sent(connection, reply.close(entry.xid, entry.zxid, entry.err));

  const MonotonicTime now = turn.now.monotonic;
  count_latency(connection, {write.opcode, write.xid, kEmpty, write.received}, entry.zxid, now);
  counters.write_times.add(now - write.received);
  counters.write_queued_times.add(write.forwarded - write.received);
  if (is_slow(now - write.received)) {
    ++counters.slow_operations;
    turn.effects.slow.push_back({.session = connection.session,
                                 .xid = write.xid,
                                 .opcode = write.opcode,
                                 .path = std::string(connection.writes.front_path()),
                                 .queued = write.forwarded - write.received,
                                 .core = now - write.forwarded,
                                 .total = now - write.received});
  }
  pop_write(connection);
  if (write.opcode == jute::Opcode::CloseSession) return begin_close(connection, turn);
  go_on(connection);
}

void Shard::Impl::pop_write(Connection& connection) {
  const UnansweredWrite& write = connection.writes.front();
  outstanding_bytes -= write.bytes;
  session_counts.add_under_way(connection.id, connection.session, -std::int64_t{write.ephemerals});
  connection.writes.pop();
  if (connection.writes.empty()) --writers;
  --counters.outstanding;
  update_outstanding();
  if (connection.writes.empty()) release_events(connection, kZxidMax);
}

void Shard::Impl::go_on(Connection& connection) {
  if (connection.held || connection.leaving) note_runnable(connection);
}

/// One that fails has no session any more, or comes from a server that is about to send it away.
void Shard::Impl::on_barrier(Connection& connection, ErrorCode err, Turn& turn) {
  pop_write(connection);
  if (err != ErrorCode::Ok) return begin_close(connection, turn);
  connection.covered_bytes = std::exchange(connection.barrier_bytes, 0);
  go_on(connection);
}

void Shard::Impl::on_attached(Connection& connection, const gate::MailEntry& entry, Turn& turn) {
  PADDOCK_ASSERT(connection.phase == Phase::Attaching);
  connection.phase = Phase::Established;
  connection.session = entry.session;
  connection.timeout = milliseconds(entry.timeout_ms);
  connection.is_read_only = entry.is_read_only;
  write_connect_response(connection, entry.session, connection.timeout);
  if (connection.creates_session) {
    const Request request{jute::Opcode::CreateSession, 0, kEmpty, connection.phase_since};
    count_latency(connection, request, turn.gate->tree().last_zxid(), turn.now.monotonic);
  }
  if (!connection.input.empty() || connection.leaving) note_runnable(connection);
}

void Shard::Impl::on_event(const gate::MailEntry& entry, View path, Turn& turn) {
  ++event_mark;
  event_bytes.clear();
  std::int64_t fired = 0;
  watches.fire(entry.event, path, [&](WatchTable::Owner slot) {
    ++fired;
    Connection& connection = connections.at(slot);
    if (connection.event_mark == event_mark) return;
    connection.event_mark = event_mark;
    if (event_bytes.empty()) encode_event(entry.event, path, entry.zxid);
    send_event(connection, entry.acl, entry.zxid, turn);
  });
  if (fired > 0) count_fired(entry.event, fired);
}

void Shard::Impl::count_fired(jute::EventType event, std::int64_t watches_fired) {
  const auto kind =
      static_cast<std::size_t>(event) - static_cast<std::size_t>(jute::EventType::NodeCreated);
  if (kind < counters.fired.size()) counters.fired[kind].add(watches_fired);
}

void Shard::Impl::encode_event(jute::EventType type, View path, Zxid zxid) {
  event_bytes.clear();
  ReplyWriter frame(event_bytes);
  frame.body().put(jute::WatcherEvent{.type = type, .path = path});
  frame.close(jute::kXidWatchEvent, zxid, ErrorCode::Ok);
}

/// Not before what is said of the writes that came before it.
void Shard::Impl::send_event(Connection& connection, tree::AclId acl, Zxid zxid, Turn& turn) {
  if (connection.drop_wanted || !may_read(connection, acl, turn)) return;
  const std::size_t waiting = connection.output.size() + connection.held_events.bytes();
  if (waiting >= kOutputOverflowFactor * options.output_bytes_max) {
    // It re-arms its watches when it reconnects and is then told what it missed. The watches that
    // are being walked must stay as they are, so it is closed at the end of the turn.
    connection.drop_wanted = true;
    return note_runnable(connection);
  }
  if (connection.writes.empty()) return deliver_event(connection, event_bytes.view());
  connection.held_events.hold(zxid, event_bytes.view());
}

void Shard::Impl::deliver_event(Connection& connection, View packet) {
  connection.output.append(packet);
  const std::size_t packet_bytes = packet.size() - sizeof(std::int32_t);
  ++counters.events_sent;
  counters.watch_bytes += static_cast<std::int64_t>(packet_bytes);
  count_sent(connection, packet_bytes);
}

void Shard::Impl::release_events(Connection& connection, Zxid up_to) {
  connection.held_events.release(up_to, [&](View packet) { deliver_event(connection, packet); });
}

bool Shard::Impl::may_read(Connection& connection, tree::AclId acl, const Turn& turn) const {
  if (options.skip_acl || acl == tree::kOpenAcl) return true;
  connection.identities.expire(turn.now.wall);
  return auth::permits(
      turn.gate->tree().acl_entries(acl), jute::kPermRead, connection.identities.view());
}

}  // namespace paddock::shard
