// SPDX-License-Identifier: Apache-2.0
//
// What limits of clients do to connections: who is too fast waits in its input, and is not read
// from; who would have too much is refused that.
#include <algorithm>
#include <vector>

#include "gate/connection_id.h"
#include "request/operation.h"
#include "shard/shard_impl.h"

namespace paddock::shard {

namespace {

using jute::Opcode;

/// Whoever is too fast comes again no sooner: many that share a rate would all come for each
/// request that it allows.
constexpr Duration kDelayMin = milliseconds(2);

/// What a client needs to stay, to go, and to say who it is.
bool is_exempt(Opcode opcode) {
  return opcode == Opcode::Ping || opcode == Opcode::CloseSession || opcode == Opcode::Auth ||
         opcode == Opcode::Sasl;
}

/// Calls `each(path)` for what a request names, as far as it can be read.
template <class Each>
void for_each_path(const Request& request, Each&& each) {
  if (request.opcode == Opcode::Multi) {
    std::vector<request::Operation> operations;
    static_cast<void>(request::read_multi(request.payload, operations));
    for (const request::Operation& operation : operations) each(operation.path);
    return;
  }
  jute::Reader reader(request.payload);
  if (request.opcode != Opcode::MultiRead) {
    View path;
    if (reader.get(path)) each(path);
    return;
  }
  jute::MultiHeader header;
  jute::PathWatchRequest query;
  while (reader.get(header) && !header.done && reader.get(query)) each(query.path);
}

/// How many watches are in these lists.
std::size_t size_of(const auto&... lists) {
  return (std::size_t{0} + ... + static_cast<std::size_t>(std::max(lists.count(), 0)));
}

bool reads_with_watch(Opcode opcode) {
  return opcode == Opcode::Exists || opcode == Opcode::GetData || opcode == Opcode::GetChildren ||
         opcode == Opcode::GetChildren2;
}

/// How many watches a request may add.
std::size_t watches_of(const Request& request) {
  if (request.opcode == Opcode::AddWatch) return 1;
  if (reads_with_watch(request.opcode)) {
    // The flag is the last byte: most reads are not looked at further.
    if (request.payload.empty() || request.payload.back() == 0) return 0;
    jute::PathWatchRequest read;
    return jute::decode(request.payload, read) && read.watch ? 1 : 0;
  }
  if (request.opcode == Opcode::SetWatches) {
    jute::SetWatchesRequest some;
    if (!jute::decode(request.payload, some)) return 0;
    return size_of(some.data, some.exist, some.child);
  }
  if (request.opcode == Opcode::SetWatches2) {
    jute::SetWatches2Request all;
    if (!jute::decode(request.payload, all)) return 0;
    return size_of(all.data, all.exist, all.child, all.persistent, all.persistent_recursive);
  }
  return 0;
}

/// Not those that a client had before it came back.
bool adds_watch(const Request& request) {
  const bool comes_back =
      request.opcode == Opcode::SetWatches || request.opcode == Opcode::SetWatches2;
  return !comes_back && watches_of(request) > 0;
}

/// How many ephemerals a request may make.
std::size_t ephemerals_of(const Request& request) {
  if (request.opcode == Opcode::Multi) {
    std::vector<request::Operation> operations;
    if (!request::read_multi(request.payload, operations)) return 0;
    return static_cast<std::size_t>(std::ranges::count_if(operations, request::needs_upgrade));
  }
  if (request.opcode != Opcode::Create && request.opcode != Opcode::Create2) return 0;
  jute::Reader reader(request.payload);
  request::Operation create;
  return request::read_operation(request.opcode, reader, create) && request::needs_upgrade(create)
             ? 1
             : 0;
}

}  // namespace

/// Anew whenever it has shown more of who it is, or what it has shown has come to its end; and
/// while it is one too many.
void Shard::Impl::match_limits(Connection& connection) {
  const auth::Identities identities = connection.identities.view();
  if (identities.count() == connection.identities_matched && connection.surplus == 0) return;
  connection.identities_matched = identities.count();
  const ClientLimits::Mask found = limits->of_client(identities);
  const ClientLimits::Mask gone = connection.limits & ~found;
  const auto watched = static_cast<std::int64_t>(watches.count_of(gate::slot_of(connection.id)));
  limits->add(Held::Watches, found & ~connection.limits, watched);
  limits->add(Held::Watches, gone, -watched);
  connection.limits = found;
  limits->add(Held::Connections, connection.counting & gone, -1);
  connection.counting &= ~gone;
  connection.surplus = limits->try_add(Held::Connections, found & ~connection.counting);
  connection.counting = found & ~connection.surplus;
  if (connection.phase != Phase::Established) return;
  connection.surplus |= session_counts.match(connection.session, found);
}

Shard::Impl::Step Shard::Impl::check_limits(Connection& connection,
                                            const Request& request,
                                            Turn& turn) {
  lease.is_charged = false;
  if (is_exempt(request.opcode)) return Step::Next;
  match_limits(connection);
  ClientLimits::Mask rules = connection.limits;
  if (limits->has_paths()) {
    for_each_path(request, [&](View path) { rules |= limits->of_path(path); });
  }
  if (rules == 0) return Step::Next;
  if (rules != lease.rules || !lease.has_left()) {
    settle_lease(turn.now.monotonic);
    const MonotonicTime ready_at = limits->ready_at(rules);
    if (ready_at > turn.now.monotonic) {
      limits->note_delay(rules, turn.now.monotonic);
      slow_down(connection, std::max(ready_at, turn.now.monotonic + kDelayMin));
      return Step::Hold;
    }
    lease = {.rules = rules, .left = limits->credit(rules, turn.now.monotonic), .taken = {}};
  }
  lease.is_charged = true;
  return Step::Next;
}

bool Shard::Impl::admits(Connection& connection) {
  if (limits == nullptr) return true;
  match_limits(connection);
  limits->note_refusal(connection.surplus);
  return connection.surplus == 0;
}

/// From now on, as many could ask for one at once.
bool Shard::Impl::counts_new_session(Connection& connection) {
  const ClientLimits::Mask full = session_counts.create(connection.id, connection.limits);
  if (full == 0) return true;
  limits->note_refusal(full);
  ++counters.handshakes_throttled;
  return false;
}

Shard::Impl::Refusal Shard::Impl::refusal_of(const Connection& connection,
                                             const Request& request) const {
  if (is_memory_short && adds_watch(request)) return {ErrorCode::ThrottledOp, 0};
  if (limits == nullptr || connection.limits == 0 || is_exempt(request.opcode)) return {};
  if (connection.surplus != 0) return {ErrorCode::ThrottledOp, connection.surplus};
  ClientLimits::Mask full = 0;
  if ((connection.limits & limits->limiting(Held::Watches)) != 0) {
    const std::size_t wanted = watches_of(request);
    if (wanted > 0) full = limits->full(Held::Watches, connection.limits, wanted);
  }
  if ((connection.limits & limits->limiting(Held::Ephemerals)) != 0) {
    const std::size_t wanted = ephemerals_of(request);
    if (wanted > 0) full |= limits->full(Held::Ephemerals, connection.limits, wanted);
  }
  return full == 0 ? Refusal{} : Refusal{ErrorCode::QuotaExceeded, full};
}

void Shard::Impl::note_refusal(const Refusal& refusal) {
  if (refusal.limits == 0) ++counters.memory_refused;
  if (limits != nullptr) limits->note_refusal(refusal.limits);
}

void Shard::Impl::charge_limits(std::size_t bytes) {
  if (!std::exchange(lease.is_charged, false)) return;
  const auto counted = static_cast<std::int64_t>(bytes);
  --lease.left.requests;
  lease.left.bytes -= counted;
  ++lease.taken.requests;
  lease.taken.bytes += counted;
}

/// What the lease's requests have taken, in one go.
void Shard::Impl::settle_lease(MonotonicTime now) {
  if (lease.rules == 0) return;
  limits->take(lease.rules, lease.taken, now);
  lease = {};
}

/// Counted until the answer to the request `write` is there, which tells what has become of it.
void Shard::Impl::count_ephemerals(Connection& connection, UnansweredWrite& write, View payload) {
  if (!session_counts.is_on()) return;
  write.ephemerals = static_cast<std::uint32_t>(
      ephemerals_of({.opcode = write.opcode, .payload = payload, .received = write.received}));
  session_counts.add_under_way(connection.id, connection.session, write.ephemerals);
}

void Shard::Impl::slow_down(Connection& connection, MonotonicTime until) {
  if (std::exchange(connection.is_slowed, true)) return;
  slowed.push({until, connection.id});
}

/// Those that have waited long enough go on in this turn, like those that wait for it.
void Shard::Impl::release_slowed(MonotonicTime now) {
  while (!slowed.empty() && slowed.top().until <= now) {
    Connection* const connection = connections.find(slowed.top().id);
    slowed.pop();
    if (connection == nullptr) continue;
    connection->is_slowed = false;
    wait_for_turn(*connection);
  }
}

/// Who is there stays, whatever the new limits are.
void Shard::Impl::take_limits(std::shared_ptr<ClientLimits> next, Turn& turn) {
  const tree::DataTree& tree = enter_gate(turn);
  limits = std::move(next);
  session_counts.reset(limits != nullptr && limits->counts_sessions() ? limits.get() : nullptr);
  release_slowed(MonotonicTime{Duration::max()});
  connections.for_each([&](Connection& connection) { count_anew(connection, tree); });
  watches.set_listener(limits == nullptr ? nullptr : this);
}

void Shard::Impl::count_anew(Connection& connection, const tree::DataTree& tree) {
  Connection& c = connection;
  c.limits = c.counting = c.surplus = 0;
  c.identities_matched = 0;
  if (limits == nullptr) return;
  c.limits = c.counting = limits->of_client(c.identities.view());
  c.identities_matched = c.identities.view().count();
  limits->add(Held::Connections, c.limits, 1);
  limits->add(
      Held::Watches, c.limits, static_cast<std::int64_t>(watches.count_of(gate::slot_of(c.id))));
  if (c.phase == Phase::Attaching || c.phase == Phase::Established) {
    session_counts.come_back(c.id, c.limits);
  }
  if (c.phase != Phase::Established) return;
  session_counts.attach(c.id, c.session, tree.ephemeral_count(c.session));
  session_counts.add_under_way(c.id, c.session, c.writes.ephemerals());
}

/// Without mail, what was told is what there is.
void Shard::Impl::check_session_counts() const {
  session_counts.check_invariants();
  const gate::SharedTree::ReadGate gate = shared.read(index);
  if (!session_counts.is_on() || !gate.mail().empty()) return;
  session_counts.check_owned([&](SessionId id) { return gate.tree().ephemeral_count(id); });
  connections.for_each([&](const Connection& c) {
    if (const auto under_way = session_counts.under_way(c.id, c.session)) {
      PADDOCK_ASSERT(*under_way == c.writes.ephemerals());
    }
  });
}

void Shard::Impl::on_watch(WatchTable::Owner owner, int by) {
  limits->add(Held::Watches, connections.at(owner).limits, by);
}

}  // namespace paddock::shard
