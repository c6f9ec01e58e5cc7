// SPDX-License-Identifier: Apache-2.0
#include "shard/shard.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "gate/connection_id.h"
#include "shard/shard_impl.h"

namespace paddock::shard {

namespace {

/// Held input of a connection before it is not read from any more.
constexpr std::size_t kHeldInputMax = std::size_t{64} << 10U;

/// How long others count as there after one was heard of.
constexpr Duration kSharedFor = std::chrono::seconds(1);

std::int64_t ms_of(Duration duration) {
  return std::chrono::duration_cast<milliseconds>(duration).count();
}

std::size_t counter_of(jute::Opcode opcode) {
  const auto number = static_cast<std::int32_t>(opcode);
  if (opcode == jute::Opcode::CreateSession) return 0;
  if (number >= 0 && number <= 22) return static_cast<std::size_t>(number);
  if (number >= 100 && number <= 107) return static_cast<std::size_t>(number - 100 + 23);
  return 31;
}

/// From this on a connection counts as one with much queued: less than one request and one answer
/// of the usual kinds never are.
constexpr std::size_t kMuchQueued = std::size_t{64} << 10U;

/// A request that has not come as a whole is read to its end: nothing else would make it go on.
bool queues_much(const Connection& connection) {
  const std::size_t waiting = connection.held ? connection.input.size() : 0;
  return waiting + connection.output.size() + connection.writes.bytes() +
             connection.held_events.bytes() >=
         kMuchQueued;
}

/// A limit that is reached at `max` and left at half of it.
bool is_full(bool was_full, std::size_t held, std::size_t max) {
  return was_full ? held > max / 2 : held >= max;
}

}  // namespace

Connection& Shard::Impl::get(ConnectionId id) const {
  Connection* connection = connections.find(id);
  PADDOCK_ASSERT(connection != nullptr);
  return *connection;
}

const tree::DataTree& Shard::Impl::enter_gate(Turn& turn) {
  if (!turn.gate) {
    turn.gate.emplace(shared.read(index));
    gate::Mail& mail = turn.gate->mail();
    if (!mail.empty()) drain(mail, turn);
  }
  return turn.gate->tree();
}

void Shard::Impl::end(Turn& turn) {
  // handle_input() may enter the gate, whose mail may make further connections runnable.
  for (std::size_t i = 0; i < runnable.size(); ++i) {
    Connection& connection = connections.at(runnable[i]);
    connection.runnable = false;
    if (connection.drop_wanted) begin_close(connection, turn);
    handle_input(connection, turn);
  }
  runnable.clear();
  if (turn.gate) {
    turn.gate->set_watch_count(watches.size());
    turn.gate->set_counts_sessions(session_counts.is_on());
    turn.gate.reset();
  }
  for (const std::uint32_t slot : listed) publish(connections.at(slot), turn);
  listed.clear();
  if (trail) publish_audit(turn.effects);
}

void Shard::Impl::publish(Connection& connection, Turn& turn) {
  connection.listed = false;
  if (connection.drop_wanted) {
    if (!std::exchange(connection.drop_published, true)) turn.effects.drop.push_back(connection.id);
    return;
  }
  if (std::exchange(connection.wrote, false)) turn.effects.flush.push_back(connection.id);
  const bool was_paused = connection.paused;
  update_limits(connection);
  if (connection.phase == Phase::Closing) {
    if (!std::exchange(connection.close_published, true))
      turn.effects.close.push_back(connection.id);
  } else if (was_paused && !connection.paused) {
    turn.effects.resume.push_back(connection.id);
  }
}

void Shard::Impl::note(Connection& connection) {
  if (std::exchange(connection.listed, true)) return;
  listed.push_back(gate::slot_of(connection.id));
}

void Shard::Impl::note_runnable(Connection& connection) {
  if (std::exchange(connection.runnable, true)) return;
  runnable.push_back(gate::slot_of(connection.id));
}

void Shard::Impl::wait_for_turn(Connection& connection) {
  if (std::exchange(connection.waits_for_turn, true)) return;
  waiting_turn.push_back(connection.id);
}

void Shard::Impl::begin_close(Connection& connection, Turn& turn) {
  if (connection.phase == Phase::Closing) return;
  connection.phase = Phase::Closing;
  connection.phase_since = turn.now.monotonic;
  forget_writes(connection);
  watches.remove_all(gate::slot_of(connection.id));
  note(connection);
}

void Shard::Impl::begin_drop(Connection& connection, Turn& turn) {
  begin_close(connection, turn);
  connection.drop_wanted = true;
  note(connection);
}

bool Shard::Impl::may_leave(const Connection& connection) {
  const Connection& c = connection;
  const bool is_asked = c.phase == Phase::Attaching || c.phase == Phase::Command;
  return c.leaving && !is_asked && !c.held && c.writes.empty();
}

void Shard::Impl::update_limits(Connection& connection) {
  Connection& c = connection;
  c.output_full = is_full(c.output_full, c.output.size(), options.output_bytes_max);
  c.writes_full = is_full(c.writes_full, c.writes.size(), writes_max());
  const bool takes_input = c.phase == Phase::Handshake || c.phase == Phase::Established;
  if (!c.paused && has_too_many_writes(c)) ++counters.reads_delayed;
  c.paused = !takes_input || c.leaving || c.output_full || has_too_many_writes(c) ||
             c.waits_for_turn || c.is_slowed || (is_memory_short && queues_much(c)) ||
             (c.held && c.input.size() >= kHeldInputMax);
}

/// What is ahead of a write is what it waits for; who is alone waits for nobody.
std::size_t Shard::Impl::writes_max() const {
  return is_shared ? options.shared_writes_max : std::numeric_limits<std::size_t>::max();
}

void Shard::Impl::note_heard(ConnectionId id, MonotonicTime now) {
  const ConnectionId before = std::exchange(last_heard, id);
  if (before != id && before != ConnectionId{}) heard_another_at = now;
  is_shared = now - heard_another_at < kSharedFor;
}

void Shard::Impl::forget_writes(Connection& connection) {
  if (!connection.writes.empty()) --writers;
  counters.outstanding -= static_cast<std::int64_t>(connection.writes.size());
  outstanding_bytes -= connection.writes.bytes();
  session_counts.add_under_way(
      connection.id, connection.session, -std::int64_t{connection.writes.ephemerals()});
  connection.writes.clear();
  connection.held_events.clear();
  update_outstanding();
}

void Shard::Impl::update_outstanding() {
  const auto count = static_cast<std::size_t>(counters.outstanding);
  const bool was_full = outstanding_full;
  outstanding_full = is_full(was_full, count, options.outstanding_max) ||
                     is_full(was_full, outstanding_bytes, options.outstanding_bytes_max);
}

/// One that has none may always send one: its answer is what makes it look again. The others may,
/// too, while they have less than their part of what all may have.
bool Shard::Impl::has_too_many_writes(const Connection& connection) const {
  const UnansweredWrites& writes = connection.writes;
  if (writes.empty()) return false;
  if (connection.writes_full) return true;
  if (!outstanding_full) return false;
  return writes.size() * writers >= options.outstanding_max ||
         writes.bytes() * writers >= options.outstanding_bytes_max;
}

void Shard::Impl::tick(Connection& connection, Turn& turn) {
  Connection& c = connection;
  // What one that a limit slows down has sent is not read yet, and may be no more than a ping.
  if ((std::exchange(c.touched, false) || c.is_slowed) && c.phase == Phase::Established) {
    turn.effects.core.add(
        {.kind = gate::CoreKind::Touch, .connection = c.id, .session = c.session});
  }
  if (!std::exchange(c.active, false)) {
    c.input.shrink_if_idle(0);
    c.output.shrink_if_idle(0);
  }
  if (c.phase == Phase::Established || c.phase == Phase::Command) return;
  if (turn.now.monotonic - c.phase_since < options.handshake_timeout) return;
  if (c.phase != Phase::Closing) ++counters.handshakes_expired;
  begin_drop(c, turn);
}

void Shard::Impl::count_output(Connection& connection, std::size_t bytes) {
  connection.wrote = true;
  connection.active = true;
  ++connection.stats.sent;
  ++counters.packets_sent;
  counters.bytes_sent += static_cast<std::int64_t>(bytes);
  note(connection);
}

void Shard::Impl::count_sent(Connection& connection, std::size_t packet_bytes) {
  count_output(connection, packet_bytes + sizeof(std::int32_t));
  counters.responses.add(static_cast<std::int64_t>(packet_bytes));
}

void Shard::Impl::count_latency(Connection& connection,
                                const Request& request,
                                Zxid zxid,
                                MonotonicTime now) {
  const std::int64_t latency = ms_of(now - request.received);
  ConnectionStats& stats = connection.stats;
  if (request.xid >= 0) stats.last_xid = request.xid;
  stats.last_zxid = zxid;
  stats.last_opcode = request.opcode;
  stats.has_last_opcode = true;
  stats.last_response_ms = ms_of(now.since_origin);
  stats.latency_last_ms = latency;
  stats.latency_min_ms =
      stats.latency_count == 0 ? latency : std::min(stats.latency_min_ms, latency);
  stats.latency_max_ms = std::max(stats.latency_max_ms, latency);
  ++stats.latency_count;
  stats.latency_sum_ms += latency;
  ++counters.by_opcode[counter_of(request.opcode)];
  if (request.opcode == jute::Opcode::Ping) return;
  ++counters.latency_count;
  counters.latency_sum_ms += latency;
  counters.latency_min_ms = std::min(counters.latency_min_ms, latency);
  counters.latency_max_ms = std::max(counters.latency_max_ms, latency);
}

bool Shard::Impl::is_slow(Duration total) const {
  return options.slow_operation_threshold.count() > 0 && total > options.slow_operation_threshold;
}

Shard::Shard(std::size_t index,
             gate::SharedTree& tree,
             const auth::Authenticator& authenticator,
             ShardOptions options)
    : impl_(std::make_unique<Impl>(index, tree, authenticator, std::move(options))) {}

Shard::~Shard() = default;

std::size_t Shard::index_of(ConnectionId id) {
  return gate::shard_of(id);
}

ConnectionId Shard::on_accept(const std::string& ip, std::uint16_t port, Now now) {
  Connection& connection = impl_->connections.open();
  connection.ip = ip;
  connection.port = port;
  connection.phase_since = now.monotonic;
  connection.input_at = now.monotonic;
  connection.accepted_ms = now.wall.ms;
  connection.identities.add("ip", ip);
  connection.linearizable = impl_->options.linearizable_reads && impl_->options.reads_may_lag;
  ++impl_->counters.connections_accepted;
  return connection.id;
}

void Shard::note_secure(ConnectionId id) {
  impl_->get(id).is_secure = true;
}

void Shard::on_certificate(ConnectionId id,
                           View subject,
                           std::span<const std::string> names,
                           WallTime now) {
  if (subject.empty() && names.empty()) return;
  Connection& connection = impl_->get(id);
  impl_->authenticator.add_certificate(subject, names, connection.identities);
  const audit::User user = subject.empty() ? audit::User{"san", names.front()}
                                           : audit::User{"x509", std::string(subject)};
  impl_->audit_authentication(connection, user.scheme, {user}, true, now);
}

void Shard::vouch(ConnectionId id, const auth::Identities& identities, bool is_server) {
  Connection& connection = impl_->get(id);
  for (const jute::Id& one : identities) connection.identities.add(one.scheme, one.id);
  connection.is_server = is_server;
}

void Shard::note_failed_handshake(ConnectionId id, WallTime now) {
  ++impl_->counters.handshakes_failed;
  impl_->audit_authentication(impl_->get(id), "x509", {}, false, now);
}

char* Shard::input_space(ConnectionId id, std::size_t want, std::size_t& room) {
  Connection& connection = impl_->get(id);
  ByteBuffer& into = connection.input.empty() ? impl_->shared_input : connection.input;
  impl_->shared_input_of = connection.input.empty() ? id : ConnectionId{};
  char* at = into.reserve_tail(want);
  room = into.tail_room();
  return at;
}

void Shard::on_bytes(ConnectionId id, std::size_t count, Now now, Effects& effects) {
  Connection& connection = impl_->get(id);
  // Bytes of a connection without input of its own came into the buffer that all share; what is
  // left of them moves to the connection's own at the end.
  const bool shares = impl_->shared_input_of == id;
  if (shares) connection.input.swap(impl_->shared_input);
  impl_->shared_input_of = {};
  connection.input.commit(count);
  connection.input_at = now.monotonic;
  connection.active = true;
  connection.touched = true;
  impl_->counters.bytes_received += static_cast<std::int64_t>(count);
  impl_->note_heard(id, now.monotonic);

  Turn turn{now, effects, {}};
  impl_->handle_input(connection, turn);
  if (shares) {
    impl_->shared_input.append(connection.input.view());
    connection.input.clear();
    connection.input.swap(impl_->shared_input);
  }
  impl_->end(turn);
}

bool Shard::wants_input(ConnectionId id) const {
  return !impl_->get(id).paused;
}

/// Each under a read gate of its own, so that the core's writes come in between; and after about
/// one share the shell looks at its sockets, so that who sends little does not wait for all the
/// others.
void Shard::go_round(Now now, Effects& effects) {
  if (!impl_->slowed.empty()) impl_->release_slowed(now.monotonic);
  if (!impl_->is_amid_round()) {
    ++impl_->turn_number;
    impl_->round.clear();
    impl_->round.swap(impl_->waiting_turn);
    impl_->round_at = 0;
  }
  impl_->handled = 0;
  const auto share = static_cast<std::int64_t>(impl_->options.turn_bytes);
  while (impl_->is_amid_round() && impl_->handled < share) {
    Connection* const connection = impl_->connections.find(impl_->round[impl_->round_at++]);
    if (connection == nullptr) continue;
    connection->waits_for_turn = false;
    Turn turn{now, effects, {}};
    impl_->note_runnable(*connection);
    impl_->end(turn);
  }
}

bool Shard::is_amid_round() const {
  return impl_->is_amid_round();
}

MonotonicTime Shard::next_time() const {
  return impl_->slowed.empty() ? MonotonicTime{Duration::max()} : impl_->slowed.top().until;
}

void Shard::set_limits(std::shared_ptr<ClientLimits> limits, Now now, Effects& effects) {
  Turn turn{now, effects, {}};
  impl_->take_limits(std::move(limits), turn);
  impl_->end(turn);
}

void Shard::set_memory_short(bool is_short, Now now, Effects& effects) {
  impl_->is_memory_short = is_short;
  Turn turn{now, effects, {}};
  impl_->connections.for_each([&](Connection& connection) { impl_->note(connection); });
  impl_->end(turn);
}

bool Shard::has_waiting() const {
  return impl_->is_amid_round() || !impl_->waiting_turn.empty();
}

void Shard::on_mail(Now now, Effects& effects) {
  Turn turn{now, effects, {}};
  impl_->enter_gate(turn);
  impl_->end(turn);
}

void Shard::on_closed(ConnectionId id, Effects& effects) {
  Connection* connection = impl_->connections.find(id);
  if (connection == nullptr) return;
  if (connection->phase != Phase::Closing) ++impl_->counters.connections_dropped;
  impl_->forget_writes(*connection);
  impl_->watches.remove_all(gate::slot_of(id));
  if (impl_->trail) {
    impl_->trail->on_closed(id);
    impl_->publish_audit(effects);
  }
  if (impl_->limits != nullptr) impl_->limits->add(Held::Connections, connection->counting, -1);
  if (connection->core_knows) {
    effects.core.add({.kind = gate::CoreKind::ConnectionClosed,
                      .connection = id,
                      .session = connection->session});
  }
  impl_->connections.close(*connection);
}

void Shard::on_tick(Now now, Effects& effects) {
  Turn turn{now, effects, {}};
  impl_->connections.for_each([&](Connection& connection) { impl_->tick(connection, turn); });
  if (impl_->trail) impl_->trail->on_tick(now);
  impl_->end(turn);
}

std::vector<ConnectionId> Shard::next_to_leave(std::size_t parts) const {
  PADDOCK_ASSERT(parts > 0);
  std::vector<ConnectionId> ids;
  impl_->connections.for_each([&](const Connection& one) {
    if (!one.leaving && one.phase != Phase::Closing) ids.push_back(one.id);
  });
  ids.resize((ids.size() + parts - 1) / parts);
  return ids;
}

void Shard::send_away(ConnectionId id, Now now, Effects& effects) {
  Connection* connection = impl_->connections.find(id);
  if (connection == nullptr) return;
  connection->leaving = true;
  Turn turn{now, effects, {}};
  impl_->note_runnable(*connection);
  impl_->end(turn);
}

void Shard::answer_command(ConnectionId id, View text, Effects& effects) {
  Connection* connection = impl_->connections.find(id);
  if (connection == nullptr || connection->phase != Phase::Command) return;
  connection->output.append(text);
  Turn turn{{connection->phase_since, {}}, effects, {}};
  impl_->count_output(*connection, text.size());
  impl_->begin_close(*connection, turn);
  impl_->end(turn);
}

ByteBuffer& Shard::output(ConnectionId id) {
  return impl_->get(id).output;
}

void Shard::on_sent(ConnectionId id, Now now, Effects& effects) {
  Connection& connection = impl_->get(id);
  connection.active = true;
  Turn turn{now, effects, {}};
  impl_->note(connection);
  if (connection.held) impl_->note_runnable(connection);
  impl_->end(turn);
}

void Shard::set_options(ShardOptions options) {
  impl_->options = std::move(options);
}

std::size_t Shard::connection_count() const {
  return impl_->connections.size();
}

const Counters& Shard::counters() const {
  return impl_->counters;
}

}  // namespace paddock::shard
