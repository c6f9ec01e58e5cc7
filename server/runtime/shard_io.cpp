// SPDX-License-Identifier: Apache-2.0
#include "runtime/shard_io.h"

#include <utility>

#include <spdlog/spdlog.h>
#include <sys/epoll.h>

#include "base/assert.h"
#include "base/escape.h"
#include "gate/connection_id.h"
#include "tls/tls_stream.h"

namespace paddock::runtime {

namespace {

/// What one receive may take: a turn treats every ready connection before any gets a second one.
constexpr std::size_t kReceiveBytes = std::size_t{64} << 10U;
/// Lines about slow operations a second; an overloaded server has many.
constexpr int kSlowLinesMax = 10;
/// What is kept of them.
constexpr std::size_t kSlowNotesMax = 128;
/// And about clients that did not come in.
constexpr int kHandshakeLinesMax = 10;

}  // namespace

struct ShardIo::Client final : net::EventHandler {
  Client(ShardIo& io_in, ConnectionId id_in, net::Accepted accepted)
      : io(io_in),
        id(id_in),
        stream(std::make_unique<net::TcpStream>(std::move(accepted.fd))),
        ip(std::move(accepted.ip)) {}

  void on_events(std::uint32_t events) override { io.on_events(*this, events); }

  ShardIo& io;
  ConnectionId id;
  std::unique_ptr<net::Stream> stream;            // null once dropped
  tls::TlsStream* tls = nullptr;                  // the same, if it speaks TLS
  std::shared_ptr<const tls::Context> undecided;  // it has not shown yet whether it does
  std::string ip;
  std::uint32_t interest = EPOLLIN;
  bool wants_output = false;  // the socket took less than there was
  bool closing = false;       // close once everything is sent
  bool is_in_handshake = false;
};

ShardIo::ShardIo(net::EventLoop& loop, shard::Shard& shard, Listeners listeners)
    : loop_(loop),
      shard_(shard),
      listeners_(std::move(listeners)),
      slow_lines_(kSlowLinesMax, seconds(1)),
      handshake_lines_(kHandshakeLinesMax, seconds(1)) {}

ShardIo::~ShardIo() = default;

ShardIo::Client* ShardIo::place(net::Accepted accepted) {
  const ConnectionId id = shard_.on_accept(accepted.ip, accepted.port, loop_.now());
  const std::size_t slot = gate::slot_of(id);
  if (clients_.size() <= slot) clients_.resize(slot + 1);
  PADDOCK_ASSERT(clients_[slot] == nullptr);
  clients_[slot] = std::make_unique<Client>(*this, id, std::move(accepted));
  return clients_[slot].get();
}

void ShardIo::adopt_own(net::Accepted accepted,
                        const auth::IdentitySet& identities,
                        bool is_server) {
  Client& client = *place(std::move(accepted));
  shard_.vouch(client.id, identities.view(), is_server);
  if (!loop_.add(client.stream->socket().get(), client.interest, client)) drop(client);
}

void ShardIo::adopt(net::Accepted accepted,
                    Speech speech,
                    std::shared_ptr<const tls::Context> context) {
  Client& client = *place(std::move(accepted));
  if (speech == Speech::Tls && !speak_tls(client, *context)) return;
  if (speech == Speech::Either) client.undecided = std::move(context);
  if (!loop_.add(client.stream->socket().get(), client.interest, client)) drop(client);
}

void ShardIo::on_events(Client& client, std::uint32_t events) {
  if ((events & EPOLLOUT) != 0) go_on(client);
  if (client.stream == nullptr) return;
  if ((events & EPOLLIN) != 0 && !wants_input(client)) return stop_input(client);
  if ((events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0) receive(client);
}

bool ShardIo::speak_tls(Client& client, const tls::Context& context) {
  if (secure_.handshakes >= handshakes_max_) {
    ++secure_.refused;
    drop(client);
    return false;
  }
  net::Fd socket = static_cast<net::TcpStream&>(*client.stream).release();
  auto secure =
      std::make_unique<tls::TlsStream>(context, std::move(socket), net::Side::Accepted, "");
  client.tls = secure.get();
  client.stream = std::move(secure);
  client.is_in_handshake = true;
  shard_.note_secure(client.id);
  ++secure_.connections;
  ++secure_.handshakes;
  return true;
}

/// No request and no word begins as TLS does: as a length, it would be hundreds of megabytes.
bool ShardIo::decide_speech(Client& client) {
  char first = 0;
  const net::IoResult got = net::peek(client.stream->socket(), &first, 1);
  if (got.state == net::IoState::WouldBlock) return false;
  const auto context = std::exchange(client.undecided, nullptr);
  if (got.state != net::IoState::Ok || first != tls::kHandshakeByte) return true;
  return speak_tls(client, *context);
}

void ShardIo::receive(Client& client) {
  if (client.undecided != nullptr && !decide_speech(client)) return;
  std::size_t room = 0;
  char* const space = shard_.input_space(client.id, kReceiveBytes, room);
  const net::IoResult got = client.stream->receive(space, room);
  if (client.is_in_handshake) note_handshake(client);
  switch (got.state) {
    case net::IoState::WouldBlock:
      return watch(client);
    case net::IoState::Closed:
      return drop(client);
    case net::IoState::Ok:
      break;
  }
  // After the decision to close, what still arrives is read away so that the peer sees an orderly
  // end.
  if (!client.closing) shard_.on_bytes(client.id, got.count, loop_.now(), effects_);
  if (client.stream->holds_input()) receive_rest(client);
  watch(client);
}

/// In the next turn, behind the others: what the stream has and the socket does not tell of.
void ShardIo::receive_rest(const Client& client) {
  loop_.post([this, id = client.id] {
    Client* const found = find(id);
    if (found != nullptr && found->stream->holds_input() && wants_input(*found)) receive(*found);
  });
}

/// The socket has room: for output, or for what the stream itself has to say.
void ShardIo::go_on(Client& client) {
  if (client.wants_output) return flush(client);
  if (client.stream->send({}).state == net::IoState::Closed) return drop(client);
  if (client.stream->holds_input()) receive_rest(client);
  watch(client);
}

void ShardIo::note_handshake(Client& client) {
  if (client.tls->is_ready()) {
    shard_.on_certificate(
        client.id, client.tls->peer_subject(), client.tls->peer_names(), loop_.now().wall);
    client.is_in_handshake = false;
    --secure_.handshakes;
    return;
  }
  const std::string& reason = client.tls->failure();
  if (reason.empty()) return;
  shard_.note_failed_handshake(client.id, loop_.now().wall);
  if (!handshake_lines_.allow(loop_.now().monotonic)) return;
  spdlog::warn("a TLS connection from {} was refused: {}", client.ip, reason);
}

void ShardIo::flush(Client& client) {
  ByteBuffer& output = shard_.output(client.id);
  client.wants_output = false;
  while (!output.empty()) {
    const iovec part{output.data(), output.size()};
    const net::IoResult sent = client.stream->send({&part, 1});
    if (sent.state == net::IoState::Closed) return drop(client);
    output.consume(sent.count);
    if (sent.state == net::IoState::WouldBlock) {
      client.wants_output = true;
      break;
    }
  }
  shard_.on_sent(client.id, loop_.now(), effects_);
  if (client.closing && output.empty()) return drop(client);
  watch(client);
}

bool ShardIo::wants_input(const Client& client) const {
  return client.closing || (reads_ && shard_.wants_input(client.id));
}

/// A connection that wants no input for a moment, as during its handshake, mostly gets none either:
/// it is taken off the watch only when some comes.
void ShardIo::watch(Client& client) {
  const bool reads = (client.interest & EPOLLIN) != 0 || wants_input(client);
  const std::uint32_t wanted = client.stream->interest(client.wants_output);
  set_interest(client, reads ? wanted : wanted & ~std::uint32_t{EPOLLIN});
}

void ShardIo::stop_input(Client& client) {
  set_interest(client, client.interest & ~std::uint32_t{EPOLLIN});
}

void ShardIo::set_interest(Client& client, std::uint32_t interest) {
  if (interest == client.interest) return;
  client.interest = interest;
  loop_.modify(client.stream->socket().get(), interest, client);
}

void ShardIo::drop(Client& client) {
  loop_.forget(client);
  client.stream.reset();
  if (client.tls != nullptr) --secure_.connections;
  if (client.is_in_handshake) --secure_.handshakes;
  listeners_.on_gone(client.ip);
  const ConnectionId id = client.id;
  graveyard_.push_back(std::move(clients_[gate::slot_of(id)]));
  shard_.on_closed(id, effects_);
}

ShardIo::Client* ShardIo::find(ConnectionId id) {
  const std::size_t slot = gate::slot_of(id);
  if (slot >= clients_.size() || clients_[slot] == nullptr || clients_[slot]->id != id)
    return nullptr;
  return clients_[slot].get();
}

std::size_t ShardIo::send_away(std::size_t parts) {
  send_away(shard_.next_to_leave(parts));
  return shard_.connection_count();
}

void ShardIo::send_away(const std::vector<ConnectionId>& ids) {
  for (const ConnectionId id : ids) {
    Client* client = find(id);
    if (client != nullptr && wants_input(*client)) receive(*client);
    shard_.send_away(id, loop_.now(), effects_);
  }
}

void ShardIo::end_turn() {
  while (!effects_.drop.empty() || !effects_.flush.empty() || !effects_.close.empty() ||
         !effects_.resume.empty()) {
    ids_.clear();
    ids_.swap(effects_.drop);
    for (const ConnectionId id : ids_) {
      if (Client* client = find(id)) drop(*client);
    }
    ids_.clear();
    ids_.swap(effects_.flush);
    for (const ConnectionId id : ids_) {
      if (Client* client = find(id)) flush(*client);
    }
    ids_.clear();
    ids_.swap(effects_.close);
    for (const ConnectionId id : ids_) {
      if (Client* client = find(id)) {
        client->closing = true;
        flush(*client);
      }
    }
    ids_.clear();
    ids_.swap(effects_.resume);
    for (const ConnectionId id : ids_) {
      Client* const client = find(id);
      if (client == nullptr) continue;
      if (client->stream->holds_input()) receive_rest(*client);
      watch(*client);
    }
  }
  for (const shard::Command& command : std::exchange(effects_.commands, {})) {
    listeners_.on_command(command);
  }
  if (!effects_.slow.empty()) {
    note_slow_operations();
    log_slow_operations();
  }
  if (!effects_.audit.empty()) listeners_.on_audit(effects_.audit);
  if (!effects_.failed_sasl.empty()) log_failed_sasl();
  graveyard_.clear();
}

void ShardIo::note_slow_operations() {
  for (const shard::SlowOperation& slow : effects_.slow) {
    if (slow_notes_.size() == kSlowNotesMax) slow_notes_.pop_front();
    slow_notes_.push_back({loop_.now().wall, slow});
  }
}

void ShardIo::log_slow_operations() {
  const auto ms = [](Duration time) {
    return std::chrono::duration_cast<milliseconds>(time).count();
  };
  for (const shard::SlowOperation& slow : effects_.slow) {
    if (!slow_lines_.allow(loop_.now().monotonic)) continue;
    if (const std::int64_t others = slow_lines_.take_left_out(); others > 0) {
      spdlog::warn("{} other slow operations were not logged", others);
    }
    spdlog::warn(
        "slow operation: {} {} of session 0x{:x} took {} ms (queued {} ms, replication and disk {} "
        "ms)",
        jute::name(slow.opcode),
        slow.path,
        raw(slow.session),
        ms(slow.total),
        ms(slow.queued),
        ms(slow.core));
  }
  effects_.slow.clear();
}

void ShardIo::log_failed_sasl() {
  for (const shard::FailedSasl& failed : effects_.failed_sasl) {
    if (!handshake_lines_.allow(loop_.now().monotonic)) continue;
    spdlog::warn("a client at {}, session 0x{:x}, failed to authenticate by SASL: {}",
                 failed.ip,
                 raw(failed.session),
                 printable(failed.reason));
  }
  effects_.failed_sasl.clear();
}

}  // namespace paddock::runtime
