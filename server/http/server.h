// SPDX-License-Identifier: Apache-2.0
//
// HTTP/1.1 for the admin and metrics ports, with TLS or without: one thread, any number of
// listeners, a bounded number of connections, each with a time limit. Handlers are called on that
// thread and may take their time; no client of the client port waits for them.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>

#include "base/error.h"
#include "base/time.h"
#include "http/message.h"
#include "tls/context.h"

namespace paddock::http {

struct ServerOptions {
  milliseconds idle_timeout{30000};
  /// For showing whether it speaks TLS, and then for its handshake.
  milliseconds handshake_timeout{5000};
  /// For an answer that was promised: a snapshot of a large tree, for one.
  milliseconds answer_timeout{600000};
  std::size_t body_bytes_max = std::size_t{1} << 20U;
  std::size_t connections_max = 256;
  /// A connection whose descriptor has this number or a higher one is closed.
  int descriptors_max = std::numeric_limits<int>::max();
  /// A TLS handshake has failed; may be empty.
  std::function<void(const std::string& ip, const std::string& reason)> on_refused{};
};

enum class Speech : std::uint8_t {
  Plain,
  Tls,
  Either,  // as the client's first byte says
};

struct Port {
  Handler handler;
  Speech speech = Speech::Plain;
  /// For the next connection that speaks TLS.
  std::function<std::shared_ptr<const tls::Context>()> context{};
};

class Server {
 public:
  /// *Errors*: the system has no descriptors.
  [[nodiscard]] static Result<std::unique_ptr<Server>> create(ServerOptions options);
  /// Ends all connections and the thread.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Listens on `host` (empty: every address) and `port` (0: any free one), before start(). Returns
  /// the port. *Errors*: with the address and what to do.
  [[nodiscard]] Result<std::uint16_t> listen(const std::string& host, std::uint16_t port, Port at);
  /// Starts the thread.
  void start();
  /// Runs `task` on the server's thread. Any thread.
  void post(std::function<void()> task);

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace paddock::http
