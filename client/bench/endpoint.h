// SPDX-License-Identifier: Apache-2.0
//
// Where the servers are: the usual "host:port,host:port" of ZooKeeper clients, resolved once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <sys/socket.h>

#include "base/error.h"

namespace paddock::bench {

struct Endpoint {
  std::string text;
  sockaddr_storage address{};
  socklen_t address_length = 0;
};

/// At least one endpoint. The port is 2181 where none is given; IPv6 addresses stand in brackets.
[[nodiscard]] Result<std::vector<Endpoint>> resolve(std::string_view servers);

}  // namespace paddock::bench
