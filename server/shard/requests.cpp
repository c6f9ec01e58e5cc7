// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include "base/byte_buffer.h"
#include "gate/connection_id.h"
#include "request/read.h"
#include "shard/shard_impl.h"

namespace paddock::shard {

namespace {

using jute::Opcode;

Route route_of(Opcode opcode) {
  switch (opcode) {
    case Opcode::Create:
    case Opcode::Create2:
    case Opcode::CreateContainer:
    case Opcode::CreateTtl:
    case Opcode::Delete:
    case Opcode::SetData:
    case Opcode::SetAcl:
    case Opcode::Sync:
    case Opcode::Multi:
    case Opcode::Reconfig:
    case Opcode::CloseSession:
      return Route::Forward;
    case Opcode::Exists:
    case Opcode::GetData:
    case Opcode::GetAcl:
    case Opcode::GetChildren:
    case Opcode::GetChildren2:
    case Opcode::MultiRead:
    case Opcode::GetEphemerals:
    case Opcode::GetAllChildrenNumber:
    case Opcode::Ping:
    case Opcode::CheckWatches:
    case Opcode::RemoveWatches:
    case Opcode::AddWatch:
    case Opcode::SetWatches:
    case Opcode::SetWatches2:
    case Opcode::Auth:
    case Opcode::Sasl:
    case Opcode::WhoAmI:
      return Route::Answer;
    case Opcode::Notification:
    case Opcode::Check:
    case Opcode::DeleteContainer:
    case Opcode::CreateSession:
    case Opcode::Error:
      return Route::Refuse;
  }
  return Route::Refuse;
}

/// What a server that is cut off from its ensemble refuses. Source: ZooKeeper
/// ReadOnlyRequestProcessor.
bool needs_ensemble(const Connection& connection, const Request& request) {
  const Opcode opcode = request.opcode;
  if (opcode == Opcode::CloseSession) return false;
  // Nobody can say that nothing newer was acknowledged.
  if (connection.linearizable && request::is_read(opcode)) return true;
  return route_of(opcode) == Route::Forward || opcode == Opcode::Check ||
         opcode == Opcode::DeleteContainer;
}

/// As much of a path as is kept for the log: it may be as long as a request.
constexpr std::size_t kLoggedPathMax = 256;

/// The path of a request, for the log: the beginning of its first string, if it begins with one.
View path_of(Opcode opcode, View payload) {
  if (opcode == Opcode::Multi || opcode == Opcode::MultiRead || opcode == Opcode::SetWatches ||
      opcode == Opcode::SetWatches2 || opcode == Opcode::Reconfig) {
    return kEmpty;
  }
  jute::Reader reader(payload);
  View path;
  return reader.get(path) && path.starts_with('/') ? path.substr(0, kLoggedPathMax) : kEmpty;
}

/// The modes that a watcher type names; 0 for a number that is none.
WatchModes modes_of(jute::WatcherType type) {
  switch (type) {
    case jute::WatcherType::Children:
      return kWatchChild;
    case jute::WatcherType::Data:
      return kWatchData;
    case jute::WatcherType::Any:
      return kWatchAny;
    case jute::WatcherType::Persistent:
      return kWatchPersistent;
    case jute::WatcherType::PersistentRecursive:
      return kWatchRecursive;
  }
  return 0;
}

WatchModes modes_of(jute::AddWatchMode mode) {
  switch (mode) {
    case jute::AddWatchMode::Persistent:
      return kWatchPersistent;
    case jute::AddWatchMode::PersistentRecursive:
      return kWatchRecursive;
  }
  return 0;
}

/// Whether the list or one of its paths is null.
bool has_null(const jute::List<View>& paths) {
  if (paths.is_null()) return true;
  for (const View path : paths) {
    if (is_null(path)) return true;
  }
  return false;
}

WatchModes modes_of(request::WatchWish wish) {
  switch (wish) {
    case request::WatchWish::None:
      return 0;
    case request::WatchWish::Data:
      return kWatchData;
    case request::WatchWish::Child:
      return kWatchChild;
  }
  return 0;
}

}  // namespace

Shard::Impl::Step Shard::Impl::handle_request(Connection& connection,
                                              const Request& request,
                                              Turn& turn) {
  connection.identities.expire(turn.now.wall);
  if (sampler.takes_next()) {
    sampler.note(connection.session, path_of(request.opcode, request.payload));
  }
  if (!options.enforced_schemes.empty() && !is_authenticated(connection, request.opcode)) {
    reply_plain(connection, request, Zxid{}, ErrorCode::SessionClosedRequireSaslAuth, turn);
    begin_close(connection, turn);
    return Step::Stop;
  }
  if (connection.is_read_only && needs_ensemble(connection, request)) {
    if (!connection.writes.empty()) return Step::Hold;
    const Zxid zxid = enter_gate(turn).last_zxid();
    if (connection.phase != Phase::Established) return Step::Stop;
    reply_plain(connection, request, zxid, ErrorCode::NotReadOnly, turn);
    return Step::Next;
  }
  if (options.drop_stale && turn.now.monotonic - request.received > connection.timeout) {
    ++counters.stale_dropped;
    begin_close(connection, turn);
    return Step::Stop;
  }
  if (is_throttled(request, turn)) {
    if (!connection.writes.empty()) return Step::Hold;
    ++counters.throttled;
    reply_plain(connection, request, enter_gate(turn).last_zxid(), ErrorCode::ThrottledOp, turn);
    return Step::Next;
  }
  if (limits != nullptr) {
    if (const Step step = check_limits(connection, request, turn); step != Step::Next) return step;
  }
  const Route route = route_of(request.opcode);
  if (const Refusal refusal = refusal_of(connection, request); refusal.err != ErrorCode::Ok) {
    if (!connection.writes.empty()) return Step::Hold;
    note_refusal(refusal);
    reply_plain(connection, request, enter_gate(turn).last_zxid(), refusal.err, turn);
    return Step::Next;
  }
  if (route == Route::Forward) {
    forward(connection, request, turn);
    return Step::Next;
  }
  if (!connection.writes.empty()) return Step::Hold;
  if (!is_covered(connection, request)) {
    ask_barrier(connection, turn);
    return Step::Hold;
  }
  enter_gate(turn);
  // The mail that was just drained may have ended the session.
  if (connection.phase != Phase::Established) return Step::Stop;
  if (route == Route::Answer) {
    answer(connection, request, turn);
  } else {
    refuse(connection, request, turn);
  }
  return Step::Next;
}

bool Shard::Impl::is_authenticated(const Connection& connection, Opcode opcode) const {
  if (opcode == Opcode::Auth || opcode == Opcode::Sasl || connection.is_server) return true;
  for (const jute::Id& id : connection.identities.view()) {
    const auto has_scheme = [&](const std::string& scheme) {
      return scheme == id.scheme;
    };
    if (std::ranges::any_of(options.enforced_schemes, has_scheme)) return true;
  }
  return false;
}

bool Shard::Impl::is_throttled(const Request& request, const Turn& turn) const {
  if (options.throttled_op_wait.count() == 0) return false;
  if (request.opcode == Opcode::Ping || request.opcode == Opcode::CloseSession ||
      request.opcode == Opcode::Auth || request.opcode == Opcode::Sasl) {
    return false;
  }
  return turn.now.monotonic - request.received > options.throttled_op_wait;
}

bool Shard::Impl::is_covered(const Connection& connection, const Request& request) {
  return !connection.linearizable || !request::is_read(request.opcode) ||
         request.input_end <= connection.covered_bytes;
}

/// One for all that has arrived: a quorum says that nothing newer was acknowledged before, and what
/// was is applied here when the answer comes.
void Shard::Impl::ask_barrier(Connection& connection, Turn& turn) {
  ByteBuffer sync;
  jute::Writer(sync).put(jute::PathRequest{"/"});
  connection.barrier_bytes = connection.input.size();
  ++counters.barriers;
  hand_over(connection,
            {.opcode = Opcode::Sync, .received = connection.input_at, .is_barrier = true},
            sync.view(),
            kEmpty,
            turn);
}

void Shard::Impl::forward(Connection& connection, const Request& request, Turn& turn) {
  const bool keeps_path = options.slow_operation_threshold.count() > 0;
  ++counters.writes;
  hand_over(connection,
            {.opcode = request.opcode, .xid = request.xid, .received = request.received},
            request.payload,
            keeps_path ? path_of(request.opcode, request.payload) : kEmpty,
            turn);
}

void Shard::Impl::hand_over(
    Connection& connection, UnansweredWrite write, View payload, View path, Turn& turn) {
  const auth::Identities identities = connection.identities.view();
  turn.effects.core.add({.kind = gate::CoreKind::Write,
                         .opcode = write.opcode,
                         .xid = write.xid,
                         .connection = connection.id,
                         .session = connection.session,
                         .received = write.received,
                         .identities_count = identities.count()},
                        payload,
                        identities.bytes());
  if (trail) {
    trail->on_request(connection.id, client_of(connection), write.opcode, write.xid, payload);
  }
  write.bytes = static_cast<std::uint32_t>(payload.size());
  write.forwarded = turn.now.monotonic;
  count_ephemerals(connection, write, payload);
  if (connection.writes.empty()) ++writers;
  connection.writes.push(write, path);
  ++counters.outstanding;
  outstanding_bytes += write.bytes;
  update_outstanding();
}

void Shard::Impl::refuse(Connection& connection, const Request& request, Turn& turn) {
  reply_plain(connection, request, kZxidUnknown, ErrorCode::Unimplemented, turn);
  begin_close(connection, turn);
}

void Shard::Impl::answer(Connection& connection, const Request& request, Turn& turn) {
  if (request::is_read(request.opcode)) return answer_read(connection, request, turn);
  if (request.opcode == Opcode::Ping) return answer_ping(connection, request, turn);
  if (request.opcode == Opcode::Auth) return answer_auth(connection, request, turn);
  if (request.opcode == Opcode::Sasl) return answer_sasl(connection, request, turn);
  if (request.opcode == Opcode::WhoAmI) return answer_who_am_i(connection, request, turn);
  if (request.opcode == Opcode::AddWatch) return answer_add_watch(connection, request, turn);
  if (request.opcode == Opcode::CheckWatches)
    return answer_check_watches(connection, request, turn);
  if (request.opcode == Opcode::RemoveWatches) {
    return answer_remove_watches(connection, request, turn);
  }
  PADDOCK_ASSERT(request.opcode == Opcode::SetWatches || request.opcode == Opcode::SetWatches2);
  answer_set_watches(connection, request, turn);
}

void Shard::Impl::answered(Connection& connection,
                           const Request& request,
                           Zxid zxid,
                           std::size_t packet_bytes,
                           Turn& turn) {
  count_sent(connection, packet_bytes);
  const MonotonicTime now = turn.now.monotonic;
  count_latency(connection, request, zxid, now);
  const Duration total = now - request.received;
  if (!is_slow(total)) return;
  ++counters.slow_operations;
  turn.effects.slow.push_back({.session = connection.session,
                               .xid = request.xid,
                               .opcode = request.opcode,
                               .path = std::string(path_of(request.opcode, request.payload)),
                               .queued = total,
                               .total = total});
}

void Shard::Impl::reply_plain(
    Connection& connection, const Request& request, Zxid zxid, ErrorCode err, Turn& turn) {
  ReplyWriter reply(connection.output);
  answered(connection, request, zxid, reply.close(request.xid, zxid, err), turn);
}

void Shard::Impl::answer_read(Connection& connection, const Request& request, Turn& turn) {
  const tree::DataTree& tree = enter_gate(turn);
  ReplyWriter reply(connection.output);
  jute::Writer body = reply.body();
  const request::ReadOutcome outcome = request::read(tree,
                                                     {.opcode = request.opcode,
                                                      .payload = request.payload,
                                                      .session = connection.session,
                                                      .identities = connection.identities.view(),
                                                      .skip_acl = options.skip_acl},
                                                     body);
  if (const WatchModes modes = modes_of(outcome.wish); modes != 0) {
    watches.add(outcome.path, gate::slot_of(connection.id), modes);
  }
  ++counters.reads;
  const Zxid zxid = tree.last_zxid();
  answered(connection, request, zxid, reply.close(request.xid, zxid, outcome.err), turn);
  counters.read_times.add(turn.now.monotonic - request.received);
}

void Shard::Impl::answer_ping(Connection& connection, const Request& request, Turn& turn) {
  Request ping = request;
  ping.xid = jute::kXidPing;
  reply_plain(connection, ping, enter_gate(turn).last_zxid(), ErrorCode::Ok, turn);
}

/// Clients send what they have added as authentication again with each connection, so the wish goes
/// with the session.
bool Shard::Impl::answer_reads_wish(Connection& connection,
                                    const jute::AuthPacket& packet,
                                    const Request& request) {
  if (packet.scheme != "reads") return false;
  if (packet.auth != "linearizable" && packet.auth != "local") return false;
  connection.linearizable = options.reads_may_lag && packet.auth == "linearizable";
  ReplyWriter reply(connection.output);
  count_sent(connection, reply.close(request.xid, Zxid{}, ErrorCode::Ok));
  return true;
}

void Shard::Impl::answer_auth(Connection& connection, const Request& request, Turn& turn) {
  jute::AuthPacket packet;
  if (!jute::decode(request.payload, packet)) return begin_close(connection, turn);
  if (answer_reads_wish(connection, packet, request)) return;
  const ErrorCode err =
      authenticator.authenticate(packet.scheme, packet.auth, turn.now.wall, connection.identities);
  if (trail) {
    audit_authentication(connection,
                         packet.scheme,
                         audit::users_claimed(packet.scheme, packet.auth),
                         err == ErrorCode::Ok,
                         turn.now.wall);
  }
  ReplyWriter reply(connection.output);
  count_sent(connection, reply.close(request.xid, Zxid{}, err));
  if (err == ErrorCode::Ok) return;
  ++counters.auth_failed;
  begin_close(connection, turn);
}

void Shard::Impl::answer_who_am_i(Connection& connection, const Request& request, Turn& turn) {
  jute::ListBuilder<jute::ClientInfo> infos;
  for (const jute::Id& id : connection.identities.view()) {
    infos.add({id.scheme, auth::user_of(id)});
  }
  const Zxid zxid = enter_gate(turn).last_zxid();
  ReplyWriter reply(connection.output);
  reply.body().put(jute::WhoAmIResponse{infos.view()});
  answered(connection, request, zxid, reply.close(request.xid, zxid, ErrorCode::Ok), turn);
}

void Shard::Impl::answer_add_watch(Connection& connection, const Request& request, Turn& turn) {
  const Zxid zxid = enter_gate(turn).last_zxid();
  jute::AddWatchRequest wish;
  const bool decoded = jute::decode(request.payload, wish) && !is_null(wish.path);
  const WatchModes modes = decoded ? modes_of(wish.mode) : WatchModes{0};
  if (modes == 0) {
    return reply_plain(connection, request, zxid, ErrorCode::MarshallingError, turn);
  }
  watches.add(wish.path, gate::slot_of(connection.id), modes);
  ReplyWriter reply(connection.output);
  reply.body().put(jute::ErrorResponse{});
  answered(connection, request, zxid, reply.close(request.xid, zxid, ErrorCode::Ok), turn);
}

void Shard::Impl::answer_check_watches(Connection& connection, const Request& request, Turn& turn) {
  jute::PathTypeRequest wish;
  const bool decoded = jute::decode(request.payload, wish) && !is_null(wish.path);
  const WatchModes modes = decoded ? modes_of(wish.type) : WatchModes{0};
  ErrorCode err = ErrorCode::MarshallingError;
  if (modes != 0) {
    const WatchModes held = watches.modes(wish.path, gate::slot_of(connection.id));
    err = (held & modes) != 0 ? ErrorCode::Ok : ErrorCode::NoWatcher;
  }
  reply_plain(connection, request, enter_gate(turn).last_zxid(), err, turn);
}

void Shard::Impl::answer_remove_watches(Connection& connection,
                                        const Request& request,
                                        Turn& turn) {
  jute::PathTypeRequest wish;
  const bool decoded = jute::decode(request.payload, wish) && !is_null(wish.path);
  const WatchModes modes = decoded ? modes_of(wish.type) : WatchModes{0};
  ErrorCode err = ErrorCode::MarshallingError;
  if (modes != 0) {
    const bool removed = watches.remove(wish.path, gate::slot_of(connection.id), modes);
    err = removed ? ErrorCode::Ok : ErrorCode::NoWatcher;
  }
  reply_plain(connection, request, enter_gate(turn).last_zxid(), err, turn);
}

void Shard::Impl::answer_set_watches(Connection& connection, const Request& request, Turn& turn) {
  jute::SetWatches2Request all;
  bool decoded = false;
  if (request.opcode == Opcode::SetWatches) {
    const jute::List<View> none(0, {});
    jute::SetWatchesRequest some;
    decoded = jute::decode(request.payload, some);
    all = {some.relative_zxid, some.data, some.exist, some.child, none, none};
  } else {
    decoded = jute::decode(request.payload, all);
  }
  decoded = decoded && !has_null(all.data) && !has_null(all.exist) && !has_null(all.child) &&
            !has_null(all.persistent) && !has_null(all.persistent_recursive);
  if (decoded) set_watches(connection, all, turn);
  reply_plain(connection,
              request,
              enter_gate(turn).last_zxid(),
              decoded ? ErrorCode::Ok : ErrorCode::MarshallingError,
              turn);
}

void Shard::Impl::set_watches(Connection& connection,
                              const jute::SetWatches2Request& request,
                              Turn& turn) {
  using jute::EventType;
  const tree::DataTree& tree = enter_gate(turn);
  const std::uint32_t slot = gate::slot_of(connection.id);
  const auto tell = [&](EventType type, View path, const tree::Znode* node) {
    encode_event(type, path, kZxidUnknown);
    send_event(connection, node == nullptr ? tree::kOpenAcl : tree.acl(*node), kZxidUnknown, turn);
  };
  for (const View path : request.data) {
    const tree::Znode* node = tree.find(path);
    if (node == nullptr) {
      tell(EventType::NodeDeleted, path, node);
    } else if (tree.stat(*node).mzxid > request.relative_zxid) {
      tell(EventType::NodeDataChanged, path, node);
    } else {
      watches.add(path, slot, kWatchData);
    }
  }
  for (const View path : request.exist) {
    const tree::Znode* node = tree.find(path);
    if (node != nullptr) {
      tell(EventType::NodeCreated, path, node);
    } else {
      watches.add(path, slot, kWatchData);
    }
  }
  for (const View path : request.child) {
    const tree::Znode* node = tree.find(path);
    if (node == nullptr) {
      tell(EventType::NodeDeleted, path, node);
    } else if (tree.stat(*node).pzxid > request.relative_zxid) {
      tell(EventType::NodeChildrenChanged, path, node);
    } else {
      watches.add(path, slot, kWatchChild);
    }
  }
  for (const View path : request.persistent) watches.add(path, slot, kWatchPersistent);
  for (const View path : request.persistent_recursive) watches.add(path, slot, kWatchRecursive);
}

}  // namespace paddock::shard
