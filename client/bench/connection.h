// SPDX-License-Identifier: Apache-2.0
//
// One client connection of the load generator: a non-blocking stream, plain or TLS, the handshake,
// and frames in and out of two buffers that allocate nothing once warm. It knows nothing of
// requests. Owned by a
// driver (load, storm, fan-out, fill) and used on that driver's thread only; every call is one
// system call at most, apart from open() and TLS.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/byte_buffer.h"
#include "base/error.h"
#include "base/time.h"
#include "bench/endpoint.h"
#include "bench/poller.h"
#include "jute/records.h"
#include "net/stream.h"

namespace paddock::bench {

/// What re-attaches a session; a session_id of 0 asks for a new one.
struct Credentials {
  std::int64_t session_id = 0;
  std::array<char, 16> password{};
};

class Connection {
 public:
  enum class State : std::uint8_t {
    Closed,
    Connecting,
    Handshaking,
    Ready
  };

  /// `token` is what the poller reports for this connection.
  Connection(Poller& poller, std::uint64_t token) : poller_(&poller), token_(token) {}
  Connection(Connection&& other) noexcept;
  Connection& operator=(Connection&&) = delete;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { close(); }

  /// Begins to connect and sends the handshake as soon as that is possible. The connection is
  /// closed.
  [[nodiscard]] Result<> open(const Endpoint& endpoint,
                              const Credentials& credentials,
                              milliseconds session_timeout);

  /// Carries out what the poller reported: false if the connection has ended and is now closed.
  [[nodiscard]] bool on_events(std::uint32_t events);

  /// The next complete frame without its length; valid until the next on_events(). A length that no
  /// server sends closes the connection.
  [[nodiscard]] bool next_frame(View& frame);

  /// To be called with the first frame: true if the server granted the session.
  [[nodiscard]] bool accept_handshake(View frame);

  /// Where requests are encoded; flush() sends them.
  [[nodiscard]] ByteBuffer& out() { return out_; }
  /// Sends what the kernel takes; the rest follows when the poller says so. False as on_events().
  [[nodiscard]] bool flush();

  void close();

  [[nodiscard]] State state() const { return state_; }
  /// Why the connection ended, for a person; only after it did.
  [[nodiscard]] std::string why_lost() const;
  [[nodiscard]] const Credentials& credentials() const { return credentials_; }

 private:
  [[nodiscard]] bool receive();
  /// `error` is an errno, or 0 where the server ended it.
  [[nodiscard]] bool lost(int error);
  void set_interest();

  Poller* poller_;
  std::uint64_t token_;
  std::unique_ptr<net::Stream> stream_;  // null: closed
  State state_ = State::Closed;
  std::uint32_t interest_ = 0;
  int lost_errno_ = 0;
  std::string why_;
  Credentials credentials_;
  /// Room for one read: small, as there may be thousands of connections, until reads fill it.
  std::size_t receive_bytes_ = 512;
  ByteBuffer in_;
  ByteBuffer out_;
};

}  // namespace paddock::bench
