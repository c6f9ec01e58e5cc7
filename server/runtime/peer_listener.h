// SPDX-License-Identifier: Apache-2.0
//
// One address on which other servers reach this one. Names are resolved, sockets bound and
// connections accepted; whatever fails is said in the log and tried again for ever, because a name
// or a port may come later than the server. Owned by PeerLinks, on its loop's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "config/membership.h"
#include "net/event_loop.h"
#include "net/resolver.h"
#include "net/socket.h"
#include "runtime/log_rate.h"

namespace paddock::runtime {

class PeerListener {
 public:
  /// `ticket`: which answers of `resolver` belong here. `deal` takes each accepted connection.
  PeerListener(net::EventLoop& loop,
               net::Resolver& resolver,
               config::Endpoint where,
               std::uint64_t ticket,
               std::function<void(net::Accepted)> deal);
  ~PeerListener();
  PeerListener(const PeerListener&) = delete;
  PeerListener& operator=(const PeerListener&) = delete;

  void on_time(MonotonicTime now);
  [[nodiscard]] MonotonicTime next_time() const;
  void on_resolved(const Result<std::vector<net::SocketAddress>>& addresses);

  [[nodiscard]] std::uint64_t ticket() const { return ticket_; }
  /// 0 until it listens.
  [[nodiscard]] std::uint16_t port() const;

 private:
  class Socket;

  void listen_everywhere();
  void adopt(net::Fd socket);
  void try_again(const std::string& why);

  net::EventLoop& loop_;
  net::Resolver& resolver_;
  config::Endpoint where_;
  std::uint64_t ticket_;
  std::function<void(net::Accepted)> deal_;
  std::vector<std::unique_ptr<Socket>> sockets_;
  MonotonicTime try_at_;
  bool is_asking_ = false;
  LogRate failures_;
};

}  // namespace paddock::runtime
