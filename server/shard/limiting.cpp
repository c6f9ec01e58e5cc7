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

}  // namespace

/// Anew whenever it has shown more of who it is, or what it has shown has come to its end.
void Shard::Impl::match_limits(Connection& connection) {
  const auth::Identities identities = connection.identities.view();
  if (identities.count() == connection.identities_matched) return;
  connection.identities_matched = identities.count();
  const ClientLimits::Mask found = limits->of_client(identities);
  const ClientLimits::Mask added = found & ~connection.limits;
  const ClientLimits::Mask gone = connection.limits & ~found;
  const int watched = static_cast<int>(watches.count_of(gate::slot_of(connection.id)));
  connection.limits = found;
  limits->add_connection(added, 1);
  limits->add_connection(gone, -1);
  limits->add_watch(added, watched);
  limits->add_watch(gone, -watched);
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

bool Shard::Impl::has_too_many_connections(const Connection& connection) const {
  if (limits->may_be_connected(connection.limits)) return false;
  limits->note_refusal(connection.limits);
  return true;
}

ErrorCode Shard::Impl::refusal_of(const Connection& connection, const Request& request) const {
  if (is_memory_short && adds_watch(request)) return ErrorCode::ThrottledOp;
  if (limits == nullptr || connection.limits == 0 || is_exempt(request.opcode)) {
    return ErrorCode::Ok;
  }
  if (!limits->may_be_connected(connection.limits)) return ErrorCode::ThrottledOp;
  if (!limits->limits_watches(connection.limits)) return ErrorCode::Ok;
  const std::size_t watches_wanted = watches_of(request);
  if (watches_wanted == 0 || limits->may_watch(connection.limits, watches_wanted)) {
    return ErrorCode::Ok;
  }
  return ErrorCode::QuotaExceeded;
}

void Shard::Impl::note_refusal(const Connection& connection) {
  if (is_memory_short) ++counters.memory_refused;
  if (limits != nullptr) limits->note_refusal(connection.limits);
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

void Shard::Impl::take_limits(std::shared_ptr<ClientLimits> next) {
  limits = std::move(next);
  release_slowed(MonotonicTime{Duration::max()});
  connections.for_each([&](Connection& connection) {
    connection.limits = 0;
    connection.identities_matched = 0;
    if (limits != nullptr) match_limits(connection);
  });
  watches.set_listener(limits == nullptr ? nullptr : this);
}

void Shard::Impl::on_watch(WatchTable::Owner owner, int by) {
  limits->add_watch(connections.at(owner).limits, by);
}

}  // namespace paddock::shard
