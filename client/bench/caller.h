// SPDX-License-Identifier: Apache-2.0
//
// A session that carries out a long row of requests with a window of them outstanding, and returns
// when all are answered: what prepares and clears away the znodes of a run. Blocks its thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "bench/connection.h"
#include "bench/interrupt.h"
#include "bench/requests.h"

namespace paddock::bench {

class Caller {
 public:
  static constexpr std::uint64_t kWindow = 256;

  /// Connects to the first endpoint that grants a session within 10 s. `interrupt`, if any, ends
  /// every wait and outlives the caller.
  [[nodiscard]] static Result<Caller> connect(const std::vector<Endpoint>& endpoints,
                                              milliseconds session_timeout,
                                              Interrupt* interrupt = nullptr);

  using Encode = std::function<void(ByteBuffer& out, std::int32_t xid, std::uint64_t number)>;
  using OnReply = std::function<Result<>(std::uint64_t number, const Reply& reply)>;

  /// Sends requests 0 to count-1, at most `window` of them unanswered at a time; an error of
  /// `on_reply`, or a lost connection, ends it.
  [[nodiscard]] Result<> run(std::uint64_t count,
                             const Encode& encode,
                             const OnReply& on_reply,
                             std::uint64_t window = kWindow);

  /// Ends the session and waits for the reply.
  [[nodiscard]] Result<> close_session();

  [[nodiscard]] const Credentials& credentials() const { return connection_->credentials(); }

 private:
  Caller(Poller poller, Interrupt* interrupt)
      : poller_(std::make_unique<Poller>(std::move(poller))), interrupt_(interrupt) {
    connection_ = std::make_unique<Connection>(*poller_, 0);
  }
  [[nodiscard]] Result<> handshake(const Endpoint& endpoint, milliseconds session_timeout);
  [[nodiscard]] Result<> wait_for_input(Duration limit);

  std::unique_ptr<Poller> poller_;
  Interrupt* interrupt_;
  std::unique_ptr<Connection> connection_;
};

/// Creates the paths in order; one that exists already is fine.
[[nodiscard]] Result<> create_all(Caller& caller, const std::vector<std::string>& paths);

}  // namespace paddock::bench
