// SPDX-License-Identifier: Apache-2.0
//
// The client port: accepts on one event loop and deals connections out to the shards in turn,
// within the limits. Lives on the core's loop. A limit or a lack of descriptors closes or delays
// newcomers; it never stops the server.
#pragma once

#include <functional>
#include <string_view>

#include "net/event_loop.h"
#include "net/socket.h"
#include "runtime/connection_limits.h"
#include "runtime/log_rate.h"

namespace paddock::runtime {

class Listener final : public net::EventHandler {
 public:
  /// `deal` takes each accepted connection. None gets a descriptor of `descriptors_max` or more:
  /// those are for the server's own files.
  Listener(net::EventLoop& loop,
           net::Fd socket,
           ConnectionLimits& limits,
           int descriptors_max,
           std::function<void(net::Accepted)> deal);
  ~Listener() override;
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  [[nodiscard]] Result<> open();
  /// Accepts nothing any more.
  void close();
  void on_events(std::uint32_t events) override;
  [[nodiscard]] std::uint16_t port() const { return net::local_port(socket_); }
  [[nodiscard]] std::int64_t rejected() const { return rejected_; }
  /// When accepting is to be tried again after a lack of descriptors; call retry() then.
  [[nodiscard]] MonotonicTime retry_at() const { return retry_at_; }
  void retry(MonotonicTime now);

 private:
  void on_failed(const Error& error);
  void reject(const net::Accepted& accepted, std::string_view reason);

  net::EventLoop& loop_;
  net::Fd socket_;
  ConnectionLimits& limits_;
  int descriptors_max_;
  std::function<void(net::Accepted)> deal_;
  std::int64_t rejected_ = 0;
  bool open_ = false;
  MonotonicTime retry_at_;
  LogRate warnings_;
  LogRate failures_;
};

}  // namespace paddock::runtime
