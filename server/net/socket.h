// SPDX-License-Identifier: Apache-2.0
//
// Non-blocking TCP: listening, accepting, connecting, one receive, one send. No decisions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include <sys/uio.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"
#include "net/address.h"
#include "net/fd.h"

namespace paddock::net {

struct ListenOptions {
  /// 0 or less: 1024.
  int backlog = 0;
  /// Of the accepted connections.
  bool keep_alive = false;
};

/// Listens on `address` (empty: every address, IPv4 and IPv6) and `port` (0: any free one). What it
/// accepts sends without delay. *Errors*: with the address and what to do.
[[nodiscard]] Result<Fd> listen_tcp(const std::string& address,
                                    std::uint16_t port,
                                    const ListenOptions& options);

/// The same without asking anybody for a name.
[[nodiscard]] Result<Fd> listen_tcp(const SocketAddress& address, const ListenOptions& options);

/// The port that a listening socket really has.
[[nodiscard]] std::uint16_t local_port(const Fd& listener);

struct Accepted {
  Fd fd;
  std::string ip;  // without port; an IPv4 client of a dual-stack socket appears as IPv4
  std::uint16_t port = 0;
};

/// The next waiting connection, non-blocking; nothing if none waits.
/// *Errors*: out of descriptors and the like: the caller waits a little and tries again.
[[nodiscard]] Result<std::optional<Accepted>> accept_tcp(const Fd& listener);

/// Begins to connect; the socket becomes writable once that has succeeded or failed. It sends
/// without delay. *Errors*: it has failed already.
[[nodiscard]] Result<Fd> connect_tcp(const SocketAddress& address);
/// How it went, once the socket is writable.
[[nodiscard]] Result<> connect_outcome(const Fd& socket);

enum class IoState : std::uint8_t {
  Ok,
  WouldBlock,
  Closed
};

struct IoResult {
  IoState state = IoState::Ok;
  std::size_t count = 0;
};

[[nodiscard]] IoResult receive(const Fd& socket, char* into, std::size_t room);
/// What receive() would give, which will give it all the same.
[[nodiscard]] IoResult peek(const Fd& socket, char* into, std::size_t room);
[[nodiscard]] IoResult send(const Fd& socket, View bytes);
/// The parts one behind the other, in one system call; at most IOV_MAX of them count.
[[nodiscard]] IoResult send(const Fd& socket, std::span<const iovec> parts);
/// How long a byte and its confirmation take, as the system measures it; 0 if it does not say.
[[nodiscard]] Duration round_trip_of(const Fd& socket);
/// Nothing more will be sent; what the other side sends can still be received.
void shut_down_sending(const Fd& socket);

}  // namespace paddock::net
