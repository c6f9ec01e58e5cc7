// SPDX-License-Identifier: Apache-2.0
#include "runtime/peer_listener.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <spdlog/spdlog.h>
#include <sys/epoll.h>

namespace paddock::runtime {

namespace {

constexpr Duration kListenAgainAfter = seconds(1);
constexpr Duration kAcceptAgainAfter = milliseconds(100);
constexpr Duration kLogEvery = seconds(10);
constexpr int kAcceptsPerTurn = 16;
constexpr MonotonicTime kNever{Duration::max()};

}  // namespace

class PeerListener::Socket final : public net::EventHandler {
 public:
  Socket(PeerListener& listener, net::Fd fd) : listener_(listener), fd_(std::move(fd)) {}
  ~Socket() override {
    if (is_watched_) listener_.loop_.remove(fd_.get(), *this);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  Socket(Socket&&) = delete;
  Socket& operator=(Socket&&) = delete;

  [[nodiscard]] Result<> open() {
    PADDOCK_TRY(listener_.loop_.add(fd_.get(), EPOLLIN, *this));
    is_watched_ = true;
    return {};
  }

  void on_events(std::uint32_t /*events*/) override {
    for (int i = 0; i < kAcceptsPerTurn; ++i) {
      auto accepted = net::accept_tcp(fd_);
      if (!accepted) return pause(accepted.error());
      std::optional<net::Accepted>& one = *accepted;
      if (!one) return;
      listener_.deal_(std::move(*one));
    }
  }

  void on_time(MonotonicTime now) {
    if (now < accept_at_) return;
    accept_at_ = kNever;
    listener_.loop_.modify(fd_.get(), EPOLLIN, *this);
  }
  [[nodiscard]] MonotonicTime next_time() const { return accept_at_; }
  [[nodiscard]] std::uint16_t port() const { return net::local_port(fd_); }

 private:
  /// Out of descriptors or of memory: the connections wait.
  void pause(const Error& error) {
    const MonotonicTime now = listener_.loop_.now().monotonic;
    if (listener_.failures_.allow(now)) spdlog::error("{}; trying again", error.message);
    listener_.loop_.modify(fd_.get(), 0, *this);
    accept_at_ = now + kAcceptAgainAfter;
  }

  PeerListener& listener_;
  net::Fd fd_;
  bool is_watched_ = false;
  MonotonicTime accept_at_ = kNever;
};

PeerListener::PeerListener(net::EventLoop& loop,
                           net::Resolver& resolver,
                           config::Endpoint where,
                           std::uint64_t ticket,
                           std::function<void(net::Accepted)> deal)
    : loop_(loop),
      resolver_(resolver),
      where_(std::move(where)),
      ticket_(ticket),
      deal_(std::move(deal)),
      try_at_(loop.now().monotonic),
      failures_(1, kLogEvery) {}

PeerListener::~PeerListener() = default;

void PeerListener::on_time(MonotonicTime now) {
  for (const auto& socket : sockets_) socket->on_time(now);
  if (!sockets_.empty() || is_asking_ || now < try_at_) return;
  if (where_.host.empty()) return listen_everywhere();
  is_asking_ = true;
  resolver_.ask({ticket_, where_.host, where_.port});
}

MonotonicTime PeerListener::next_time() const {
  if (is_asking_) return kNever;
  if (sockets_.empty()) return try_at_;
  MonotonicTime next = kNever;
  for (const auto& socket : sockets_) next = std::min(next, socket->next_time());
  return next;
}

void PeerListener::listen_everywhere() {
  auto socket = net::listen_tcp(std::string(), where_.port, {});
  if (!socket) return try_again(socket.error().message);
  adopt(std::move(*socket));
}

void PeerListener::on_resolved(const Result<std::vector<net::SocketAddress>>& addresses) {
  is_asking_ = false;
  if (!addresses) return try_again(addresses.error().message);
  std::string why;
  for (const net::SocketAddress& address : *addresses) {
    auto socket = net::listen_tcp(address, {});
    if (socket) {
      adopt(std::move(*socket));
    } else {
      why = std::move(socket).error().message;
    }
  }
  if (sockets_.empty()) try_again(why);
}

void PeerListener::adopt(net::Fd socket) {
  auto listening = std::make_unique<Socket>(*this, std::move(socket));
  if (const auto opened = listening->open(); !opened) return try_again(opened.error().message);
  spdlog::info(
      "listening for other servers on {} (port {})", config::to_string(where_), listening->port());
  sockets_.push_back(std::move(listening));
}

void PeerListener::try_again(const std::string& why) {
  try_at_ = loop_.now().monotonic + kListenAgainAfter;
  if (!failures_.allow(loop_.now().monotonic)) return;
  spdlog::error("other servers cannot reach this one on {}: {}; trying again every second",
                config::to_string(where_),
                why);
}

std::uint16_t PeerListener::port() const {
  return sockets_.empty() ? std::uint16_t{0} : sockets_.front()->port();
}

}  // namespace paddock::runtime
