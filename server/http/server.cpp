// SPDX-License-Identifier: Apache-2.0
#include "http/server.h"

#include <algorithm>
#include <list>
#include <thread>
#include <utility>

#include <sys/epoll.h>

#include "http/connection.h"
#include "net/event_loop.h"
#include "net/socket.h"

namespace paddock::http {

namespace {

constexpr Duration kAcceptAgainAfter = milliseconds(100);
constexpr MonotonicTime kNever{Duration::max()};

/// A listening socket. Without descriptors accepting fails at once, again and again, and is left
/// for a while.
class Acceptor final : public net::EventHandler {
 public:
  Acceptor(net::EventLoop& loop, net::Fd socket, Port port)
      : loop_(loop), socket_(std::move(socket)), port_(std::move(port)) {}
  ~Acceptor() override { loop_.forget(*this); }
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  void on_events(std::uint32_t /*events*/) override { is_ready_ = true; }
  [[nodiscard]] Result<> open() { return loop_.add(socket_.get(), EPOLLIN, *this); }

  /// Calls `deal` with what waits.
  template <class Deal>
  void accept(Deal deal) {
    if (again_at_ <= loop_.now().monotonic) {
      loop_.modify(socket_.get(), EPOLLIN, *this);
      again_at_ = kNever;
    }
    while (std::exchange(is_ready_, false)) {
      auto accepted = net::accept_tcp(socket_);
      if (!accepted) return leave();
      if (!*accepted) return;
      is_ready_ = true;
      deal(std::move(**accepted), port_);
    }
  }
  [[nodiscard]] MonotonicTime again_at() const { return again_at_; }

 private:
  void leave() {
    loop_.modify(socket_.get(), 0, *this);
    again_at_ = loop_.now().monotonic + kAcceptAgainAfter;
  }

  net::EventLoop& loop_;
  net::Fd socket_;
  Port port_;
  bool is_ready_ = false;
  MonotonicTime again_at_ = kNever;
};

}  // namespace

/// How often an answer that is given later is looked for.
constexpr milliseconds kLookEvery{20};

struct Server::Impl {
  Impl(ServerOptions options_in, std::unique_ptr<net::EventLoop> loop_in)
      : options(std::move(options_in)), loop(std::move(loop_in)) {}

  void deal(net::Accepted accepted, const Port& port) {
    if (connections.size() >= options.connections_max ||
        accepted.fd.get() >= options.descriptors_max) {
      return;
    }
    auto connection = std::make_unique<Connection>(*loop, std::move(accepted), options, port);
    if (connection->open()) connections.push_back(std::move(connection));
  }

  MonotonicTime end_turn() {
    std::erase_if(connections, [](const auto& one) { return one->has_ended(); });
    MonotonicTime next = kNever;
    for (Acceptor& acceptor : acceptors) {
      acceptor.accept([this](net::Accepted one, const Port& port) { deal(std::move(one), port); });
      next = std::min(next, acceptor.again_at());
    }
    for (const auto& one : connections) {
      if (one->is_waiting()) one->resume();
      next =
          std::min(next, one->is_waiting() ? loop->now().monotonic + kLookEvery : one->deadline());
    }
    return next;
  }

  ServerOptions options;
  std::unique_ptr<net::EventLoop> loop;
  std::list<Acceptor> acceptors;
  std::list<std::unique_ptr<Connection>> connections;
  std::thread thread;
};

Result<std::unique_ptr<Server>> Server::create(ServerOptions options) {
  auto loop = net::EventLoop::create();
  PADDOCK_TRY(loop);
  return std::unique_ptr<Server>(
      new Server(std::make_unique<Impl>(std::move(options), std::move(*loop))));
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() {
  impl_->loop->stop();
  if (impl_->thread.joinable()) impl_->thread.join();
}

Result<std::uint16_t> Server::listen(const std::string& host, std::uint16_t port, Port at) {
  auto socket = net::listen_tcp(host, port, {});
  PADDOCK_TRY(socket);
  const std::uint16_t number = net::local_port(*socket);
  Acceptor& added = impl_->acceptors.emplace_back(*impl_->loop, std::move(*socket), std::move(at));
  PADDOCK_TRY(added.open());
  return number;
}

void Server::start() {
  impl_->thread =
      std::thread([impl = impl_.get()] { impl->loop->run([impl] { return impl->end_turn(); }); });
}

void Server::post(std::function<void()> task) {
  impl_->loop->post(std::move(task));
}

}  // namespace paddock::http
