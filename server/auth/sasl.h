// SPDX-License-Identifier: Apache-2.0
//
// SASL as a connection sees it: tokens go to and fro until it is known who the client is. What is
// behind it, a library with passwords or Kerberos, is the module `sasl`. Source: ZooKeeper
// ZooKeeperSaslServer.
#pragma once

#include <memory>
#include <string>

#include "base/bytes.h"

namespace paddock::auth {

/// What became of a client's token.
struct SaslStep {
  enum class Outcome : std::uint8_t {
    Continue,
    Done,
    Failed
  };
  Outcome outcome = Outcome::Failed;
  bool has_token = false;  // for the client; it may be empty, which is not the same as none
  std::string token{};
  std::string id{};      // once done: who the client is, as ACLs name it
  std::string reason{};  // of a failure: for the log, not for the client
};

/// One connection's exchange. It shares nothing with another's that either could change.
class SaslExchange {
 public:
  SaslExchange() = default;
  SaslExchange(const SaslExchange&) = delete;
  SaslExchange& operator=(const SaslExchange&) = delete;
  virtual ~SaslExchange() = default;

  /// The client's next token. After Done and Failed there is no other.
  [[nodiscard]] virtual SaslStep step(View token) = 0;
};

/// What a server authenticates its clients with. Any thread.
class SaslServer {
 public:
  SaslServer() = default;
  SaslServer(const SaslServer&) = delete;
  SaslServer& operator=(const SaslServer&) = delete;
  virtual ~SaslServer() = default;

  [[nodiscard]] virtual std::unique_ptr<SaslExchange> begin() const = 0;
};

}  // namespace paddock::auth
