// SPDX-License-Identifier: Apache-2.0
//
// Where the servers are: the usual "host:port,host:port" of ZooKeeper clients, resolved once.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <sys/socket.h>

#include "base/error.h"
#include "tls/context.h"

namespace paddock::bench {

struct Endpoint {
  std::string text;
  std::string host;
  /// What to speak TLS with; null: it is spoken to plainly.
  std::shared_ptr<const tls::Context> tls{};
  sockaddr_storage address{};
  socklen_t address_length = 0;
};

/// At least one endpoint. The port is 2181 where none is given; IPv6 addresses stand in brackets.
[[nodiscard]] Result<std::vector<Endpoint>> resolve(std::string_view servers);

}  // namespace paddock::bench
