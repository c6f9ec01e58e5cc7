// SPDX-License-Identifier: Apache-2.0
//
// The addresses of sockets, and how names become them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <sys/socket.h>

#include "base/error.h"

namespace paddock::net {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;

  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

/// Without port; an IPv4 peer of a dual-stack socket appears as IPv4.
[[nodiscard]] std::string ip_of(const SocketAddress& address);
[[nodiscard]] std::uint16_t port_of(const SocketAddress& address);
/// "10.0.0.1:2888", "[::1]:2888".
[[nodiscard]] std::string to_string(const SocketAddress& address);

/// The address that a number stands for; nothing if `host` is a name. Asks nobody.
[[nodiscard]] std::optional<SocketAddress> numeric_address(const std::string& host,
                                                           std::uint16_t port);

/// All addresses of a name or number, in the system's order; at least one. May block for long.
[[nodiscard]] Result<std::vector<SocketAddress>> resolve(const std::string& host,
                                                         std::uint16_t port);

}  // namespace paddock::net
