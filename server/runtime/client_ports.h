// SPDX-License-Identifier: Apache-2.0
//
// Where clients connect: a plain port, one that speaks TLS, or both, within the same limits. Lives
// on the core's loop.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>

#include "config/server_config.h"
#include "runtime/listener.h"

namespace paddock::runtime {

class ClientPorts {
 public:
  enum class Kind : std::uint8_t {
    Plain,
    Secure
  };
  using Deal = std::function<void(net::Accepted, Kind)>;

  /// `descriptors_max`: as a Listener has it. `deal` takes each accepted connection.
  ClientPorts(net::EventLoop& loop, ConnectionLimits& limits, int descriptors_max, Deal deal)
      : loop_(loop), limits_(limits), descriptors_max_(descriptors_max), deal_(std::move(deal)) {}

  /// Listens on those that are configured. *Errors*: which one cannot be had, and why.
  [[nodiscard]] Result<> open(const config::ClientConfig& config);
  /// Accepts nothing any more.
  void close();

  /// The port in use; 0: there is none.
  [[nodiscard]] std::uint16_t port(Kind kind) const;
  [[nodiscard]] std::int64_t rejected() const;
  /// As Listener has it.
  [[nodiscard]] MonotonicTime retry_at() const;
  void retry(MonotonicTime now);

 private:
  struct Port {
    std::unique_ptr<Listener> listener;
    std::uint16_t number = 0;  // also when it is closed
  };
  [[nodiscard]] Result<> listen(const config::Endpoint& at,
                                const config::ClientConfig& config,
                                Kind kind);

  net::EventLoop& loop_;
  ConnectionLimits& limits_;
  int descriptors_max_;
  Deal deal_;
  std::map<Kind, Port> ports_;  // those that are configured
};

}  // namespace paddock::runtime
