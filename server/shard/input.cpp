// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string>

#include "session/password.h"
#include "shard/four_letter.h"
#include "shard/shard_impl.h"

namespace paddock::shard {

namespace {

constexpr std::size_t kLengthBytes = sizeof(std::int32_t);
constexpr std::size_t kTraceMaskBytes = sizeof(std::int64_t);

/// When a frame that ends `end` bytes into the input had all arrived.
MonotonicTime arrival_of(const Connection& connection, std::size_t end) {
  return end <= connection.held_bytes ? connection.held_since : connection.input_at;
}

/// What a certificate has proven.
void add_certificate(const Connection& connection, Command& to) {
  for (const jute::Id& id : connection.identities.view()) {
    if (id.scheme == "x509") to.subject = id.id;
    if (id.scheme == "san") to.names.emplace_back(id.id);
  }
}

}  // namespace

bool Shard::Impl::may_handle(Connection& connection) {
  const bool was_paused = connection.paused;
  update_limits(connection);
  // publish() says when a pause has ended.
  connection.paused = connection.paused || was_paused;
  const bool takes_input =
      connection.phase == Phase::Handshake || connection.phase == Phase::Established;
  return takes_input && !connection.output_full && !has_too_many_writes(connection) &&
         !connection.is_slowed && !connection.waits_for_turn &&
         !connection.share.is_used_up(turn_number, options.turn_bytes);
}

void Shard::Impl::handle_input(Connection& connection, Turn& turn) {
  Connection& c = connection;
  std::size_t used = 0;
  Step step = Step::Next;
  bool may = may_handle(c);
  while (may && step == Step::Next) {
    const std::size_t before = used + c.output.size();
    step = handle_frame(c, c.input.view().substr(used), used, turn);
    if (const std::size_t after = used + c.output.size(); after > before) {
      c.share.take(after - before);
      handled += TurnShare::cost(after - before);
      charge_limits(after - before);
    }
    may = may_handle(c);
  }
  settle_lease(turn.now.monotonic);
  c.input.consume(used);
  c.barrier_bytes -= std::min(used, c.barrier_bytes);
  c.covered_bytes -= std::min(used, c.covered_bytes);
  if (c.phase == Phase::Closing || c.phase == Phase::Command) c.input.clear();
  c.held = !c.input.empty() && (step == Step::Hold || !may);
  c.held_bytes = c.held && c.held_bytes > used ? c.held_bytes - used : 0;
  if (c.held && c.held_bytes == 0) {
    c.held_since = c.input_at;
    c.held_bytes = c.input.size();
  }
  const bool waits = c.waits_for_turn || c.is_slowed;
  if (c.held && !waits && c.share.is_used_up(turn_number, options.turn_bytes)) {
    ++counters.turns_used_up;
    wait_for_turn(c);
  }
  if (may_leave(c)) begin_close(c, turn);
  note(c);
}

Shard::Impl::Step Shard::Impl::handle_frame(Connection& connection,
                                            View input,
                                            std::size_t& used,
                                            Turn& turn) {
  if (input.size() < kLengthBytes) return Step::Incomplete;
  if (connection.phase == Phase::Handshake && is_four_letter_word(input.substr(0, kLengthBytes))) {
    return handle_four_letter_word(connection, input, turn);
  }
  const auto length = load_be<std::int32_t>(input.data());
  if (length < 0 || static_cast<std::size_t>(length) > options.frame_bytes_max) {
    if (connection.phase == Phase::Handshake) ++counters.handshakes_failed;
    begin_close(connection, turn);
    return Step::Stop;
  }
  if (is_too_large(connection, static_cast<std::size_t>(length))) {
    ++counters.large_rejected;
    begin_close(connection, turn);
    return Step::Stop;
  }
  const std::size_t frame_bytes = kLengthBytes + static_cast<std::size_t>(length);
  if (input.size() < frame_bytes) return Step::Incomplete;
  const View frame = input.substr(kLengthBytes, static_cast<std::size_t>(length));

  Step step = Step::Stop;
  if (connection.phase == Phase::Handshake) {
    handle_handshake(connection, frame, turn);
  } else {
    jute::Reader reader(frame);
    jute::RequestHeader header;
    if (reader.get(header)) {
      const MonotonicTime received = arrival_of(connection, used + frame_bytes);
      step = handle_request(
          connection, {header.type, header.xid, reader.rest(), received, used + frame_bytes}, turn);
      if (step == Step::Hold) return step;
    } else {
      begin_close(connection, turn);
    }
  }
  used += frame_bytes;
  ++connection.stats.received;
  ++counters.packets_received;
  return step;
}

bool Shard::Impl::is_too_large(const Connection& connection, std::size_t length) const {
  return length > options.large_request_bytes && connection.phase == Phase::Established &&
         outstanding_bytes + length > options.large_requests_bytes_max;
}

Shard::Impl::Step Shard::Impl::handle_four_letter_word(Connection& connection,
                                                       View input,
                                                       Turn& turn) {
  const View word = input.substr(0, kLengthBytes);
  const bool enabled = is_enabled(word, options.four_letter_whitelist);
  const bool has_argument = enabled && word == "stmk";
  if (has_argument && input.size() < kLengthBytes + kTraceMaskBytes) return Step::Incomplete;
  ++connection.stats.received;
  ++counters.packets_received;
  if (!enabled) {
    const std::string text =
        std::string(word) + " is not executed because it is not in the whitelist.\n";
    connection.output.append(text);
    count_output(connection, text.size());
    begin_close(connection, turn);
    return Step::Stop;
  }
  const std::int64_t argument =
      has_argument ? load_be<std::int64_t>(input.data() + kLengthBytes) : 0;
  connection.phase = Phase::Command;
  turn.effects.commands.push_back({.connection = connection.id,
                                   .word = std::string(word),
                                   .argument = argument,
                                   .ip = connection.ip});
  add_certificate(connection, turn.effects.commands.back());
  return Step::Stop;
}

void Shard::Impl::handle_handshake(Connection& connection, View frame, Turn& turn) {
  Connection& c = connection;
  jute::Reader reader(frame);
  jute::ConnectRequest request;
  if (!reader.get(request)) {
    ++counters.handshakes_failed;
    return begin_close(c, turn);
  }
  if (is_memory_short && request.session_id == 0) {
    ++counters.memory_refused;
    return begin_close(c, turn);
  }
  const bool is_admitted = throttle.admit(request.session_id == 0, turn.now.monotonic);
  counters.drop_probability = throttle.drop_probability();
  if (!is_admitted || !admits(c)) {
    ++counters.handshakes_throttled;
    return begin_close(c, turn);
  }
  bool accepts_read_only = false;
  c.answers_read_only = reader.get(accepts_read_only);
  // Judged behind the mail, so that a client which has seen what this server applied is not turned
  // away.
  const tree::DataTree& tree = enter_gate(turn);
  const gate::Service service = shared.service();
  if (service == gate::Service::None) return begin_close(c, turn);
  if (service == gate::Service::ReadOnly && !accepts_read_only) return begin_close(c, turn);
  if (request.last_zxid_seen > tree.last_zxid().value) return begin_close(c, turn);

  const auto timeout = std::clamp(
      milliseconds(request.timeout_ms), options.session_timeout_min, options.session_timeout_max);
  gate::CoreEntry entry{.kind = gate::CoreKind::CreateSession,
                        .timeout_ms = static_cast<std::int32_t>(timeout.count()),
                        .accepts_read_only = accepts_read_only,
                        .connection = c.id,
                        .received = c.input_at};
  c.creates_session = request.session_id == 0;
  if (c.creates_session) {
    if (!counts_new_session(c)) return begin_close(c, turn);
  } else {
    ++counters.sessions_revalidated;
    entry.kind = gate::CoreKind::AttachSession;
    entry.session = SessionId{request.session_id};
    const session::Password password = session::password_of(entry.session);
    if (request.password != View{password.data(), password.size()}) return refuse_session(c, turn);
    c.session = entry.session;
    session_counts.come_back(c.id, c.limits);
  }
  c.phase = Phase::Attaching;
  c.phase_since = turn.now.monotonic;
  c.core_knows = true;
  turn.effects.core.add(entry);
}

void Shard::Impl::write_connect_response(Connection& connection,
                                         SessionId session,
                                         milliseconds timeout) {
  session::Password password{};
  if (raw(session) != 0) password = session::password_of(session);
  jute::FrameWriter frame(connection.output);
  const std::size_t before = connection.output.size();
  jute::Writer writer(connection.output);
  writer.put(jute::ConnectResponse{.timeout_ms = static_cast<std::int32_t>(timeout.count()),
                                   .session_id = raw(session),
                                   .password = {password.data(), password.size()}});
  if (connection.answers_read_only) writer.put(connection.is_read_only);
  frame.close();
  count_output(connection, connection.output.size() - before + kLengthBytes);
}

void Shard::Impl::refuse_session(Connection& connection, Turn& turn) {
  write_connect_response(connection, SessionId{}, milliseconds{0});
  begin_close(connection, turn);
}

}  // namespace paddock::shard
