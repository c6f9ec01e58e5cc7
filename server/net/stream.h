// SPDX-License-Identifier: Apache-2.0
//
// A connection's bytes, whatever carries them: plain TCP, or TLS over it. Owned by whoever owns the
// connection, on one event loop; never blocks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include <sys/uio.h>

#include "net/socket.h"

namespace paddock::net {

/// What the other side of a connection has proven of itself, from little to much.
enum class Proof : std::uint8_t {
  Nothing,
  AnotherHost,
  Host,
};

class Stream {
 public:
  virtual ~Stream() = default;

  [[nodiscard]] virtual IoResult receive(char* into, std::size_t room) = 0;
  /// The parts one behind the other, or as much of them as goes now.
  [[nodiscard]] virtual IoResult send(std::span<const iovec> parts) = 0;
  /// Says to the other side that nothing more will be sent.
  virtual void finish() = 0;

  /// The socket, and what to watch it for: EPOLLIN, EPOLLOUT. `has_output`: send() took less than
  /// there was.
  [[nodiscard]] virtual const Fd& socket() const = 0;
  [[nodiscard]] virtual std::uint32_t interest(bool has_output) const = 0;
  /// receive() has more to give, about which the socket will not tell.
  [[nodiscard]] virtual bool holds_input() const = 0;

  /// Whether the other side has proven to be `host`, a name or an address.
  [[nodiscard]] virtual Proof proof_of(const std::string& /*host*/) const { return Proof::Nothing; }
  /// Why it is closed; empty if the other side has only gone away.
  [[nodiscard]] virtual std::string failure() const { return {}; }
};

class TcpStream final : public Stream {
 public:
  explicit TcpStream(Fd socket) : socket_(std::move(socket)) {}

  [[nodiscard]] IoResult receive(char* into, std::size_t room) override;
  [[nodiscard]] IoResult send(std::span<const iovec> parts) override;
  void finish() override;
  [[nodiscard]] const Fd& socket() const override { return socket_; }
  [[nodiscard]] std::uint32_t interest(bool has_output) const override;
  [[nodiscard]] bool holds_input() const override { return false; }
  /// For another stream on the same socket; this one is at its end.
  [[nodiscard]] Fd release() { return std::move(socket_); }

 private:
  Fd socket_;
};

enum class Side : std::uint8_t {
  Dialed,
  Accepted,
};

using StreamPtr = std::unique_ptr<Stream>;

/// Makes a stream of a connected socket. `host`: who was dialed, as the configuration names it;
/// empty for an accepted connection.
using StreamFactory = std::function<StreamPtr(Fd socket, Side side, const std::string& host)>;

}  // namespace paddock::net
