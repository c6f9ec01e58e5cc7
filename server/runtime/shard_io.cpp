// SPDX-License-Identifier: Apache-2.0
#include "runtime/shard_io.h"

#include <utility>

#include <spdlog/spdlog.h>
#include <sys/epoll.h>

#include "base/assert.h"
#include "gate/connection_id.h"

namespace paddock::runtime {

namespace {

/// What one receive may take: a turn treats every ready connection before any gets a second one.
constexpr std::size_t kReceiveBytes = std::size_t{64} << 10U;
/// Lines about slow operations a second; an overloaded server has many.
constexpr int kSlowLinesMax = 10;

}  // namespace

struct ShardIo::Client final : net::EventHandler {
  Client(ShardIo& io_in, ConnectionId id_in, net::Accepted accepted)
      : io(io_in), id(id_in), fd(std::move(accepted.fd)), ip(std::move(accepted.ip)) {}

  void on_events(std::uint32_t events) override { io.on_events(*this, events); }

  ShardIo& io;
  ConnectionId id;
  net::Fd fd;
  std::string ip;
  std::uint32_t interest = EPOLLIN;
  bool wants_output = false;  // the socket took less than there was
  bool closing = false;       // close once everything is sent
};

ShardIo::ShardIo(net::EventLoop& loop, shard::Shard& shard, Listeners listeners)
    : loop_(loop),
      shard_(shard),
      listeners_(std::move(listeners)),
      slow_lines_(kSlowLinesMax, seconds(1)) {}

ShardIo::~ShardIo() = default;

void ShardIo::adopt(net::Accepted accepted) {
  const ConnectionId id = shard_.on_accept(accepted.ip, accepted.port, loop_.now());
  const std::size_t slot = gate::slot_of(id);
  if (clients_.size() <= slot) clients_.resize(slot + 1);
  PADDOCK_ASSERT(clients_[slot] == nullptr);
  clients_[slot] = std::make_unique<Client>(*this, id, std::move(accepted));
  Client& client = *clients_[slot];
  if (!loop_.add(client.fd.get(), client.interest, client)) {
    client.interest = 0;
    client.fd.reset();
    drop(client);
  }
}

void ShardIo::on_events(Client& client, std::uint32_t events) {
  if ((events & EPOLLOUT) != 0) flush(client);
  if (!client.fd.is_open()) return;
  if ((events & EPOLLIN) != 0 && !wants_input(client)) return stop_input(client);
  if ((events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0) receive(client);
}

void ShardIo::receive(Client& client) {
  std::size_t room = 0;
  char* const space = shard_.input_space(client.id, kReceiveBytes, room);
  const net::IoResult got = net::receive(client.fd, space, room);
  switch (got.state) {
    case net::IoState::WouldBlock:
      return;
    case net::IoState::Closed:
      return drop(client);
    case net::IoState::Ok:
      break;
  }
  // After the decision to close, what still arrives is read away so that the peer sees an orderly
  // end.
  if (client.closing) return;
  shard_.on_bytes(client.id, got.count, loop_.now(), effects_);
  watch(client);
}

void ShardIo::flush(Client& client) {
  ByteBuffer& output = shard_.output(client.id);
  client.wants_output = false;
  while (!output.empty()) {
    const net::IoResult sent = net::send(client.fd, output.view());
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
  set_interest(
      client,
      (reads ? std::uint32_t{EPOLLIN} : 0U) | (client.wants_output ? std::uint32_t{EPOLLOUT} : 0U));
}

void ShardIo::stop_input(Client& client) {
  set_interest(client, client.interest & ~std::uint32_t{EPOLLIN});
}

void ShardIo::set_interest(Client& client, std::uint32_t interest) {
  if (interest == client.interest) return;
  client.interest = interest;
  loop_.modify(client.fd.get(), interest, client);
}

void ShardIo::drop(Client& client) {
  if (client.fd.is_open()) {
    loop_.forget(client);
    client.fd.reset();
  }
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
  for (const ConnectionId id : shard_.next_to_leave(parts)) {
    Client* client = find(id);
    if (client != nullptr && wants_input(*client)) receive(*client);
    shard_.send_away(id, loop_.now(), effects_);
  }
  return shard_.connection_count();
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
      if (Client* client = find(id)) watch(*client);
    }
  }
  for (const shard::Command& command : std::exchange(effects_.commands, {})) {
    listeners_.on_command(command);
  }
  if (!effects_.slow.empty()) log_slow_operations();
  graveyard_.clear();
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

}  // namespace paddock::runtime
