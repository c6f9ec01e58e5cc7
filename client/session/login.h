// SPDX-License-Identifier: Apache-2.0
//
// How a client logs in by SASL: tokens in, tokens out, on one connection. Made anew for each
// connection, before anything else is asked there. Owned and stepped by the Session.
// Source: ZooKeeper ZooKeeperSaslClient.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "client_session/host_list.h"

namespace paddock::client {

class Login {
 public:
  virtual ~Login() = default;

  /// The first token; empty where the server begins. *Errors*: why there is none.
  [[nodiscard]] virtual Result<std::string> begin() = 0;
  /// What to send next; nothing once both sides have said all. `token`: the server's answer, null
  /// if it had none. *Errors*: the server is not who it should be, or does not do SASL.
  [[nodiscard]] virtual Result<std::optional<std::string>> step(View token) = 0;
};

using LoginFactory = std::function<std::unique_ptr<Login>(const Host& server)>;

}  // namespace paddock::client
