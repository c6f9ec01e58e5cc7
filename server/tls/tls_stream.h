// SPDX-License-Identifier: Apache-2.0
//
// A connection that speaks TLS on a socket. The handshake happens inside receive() and send(), as
// far as the socket allows; nothing blocks, and a peer that does not speak TLS, or may not come in,
// is a closed connection. Owner and thread: as any net::Stream.
#pragma once

#include <string>
#include <vector>

#include "net/stream.h"
#include "tls/context.h"

namespace paddock::tls {

/// The first byte of whoever speaks TLS: of a handshake's first record.
inline constexpr char kHandshakeByte = 0x16;

class TlsStream final : public net::Stream {
 public:
  /// `host`: who was dialed; see net::StreamFactory.
  TlsStream(const Context& context, net::Fd socket, net::Side side, const std::string& host);
  /// Says goodbye, if that goes at once.
  ~TlsStream() override;
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  [[nodiscard]] net::IoResult receive(char* into, std::size_t room) override;
  /// With no parts it only goes on with a handshake that was to write.
  [[nodiscard]] net::IoResult send(std::span<const iovec> parts) override;
  void finish() override;
  [[nodiscard]] const net::Fd& socket() const override { return socket_; }
  [[nodiscard]] std::uint32_t interest(bool has_output) const override;
  [[nodiscard]] bool holds_input() const override { return holds_input_; }

  /// The handshake is done: the other side is who its certificate says.
  [[nodiscard]] bool is_ready() const { return SSL_is_init_finished(session_.get()) == 1; }
  /// The other side's subject; empty without a certificate or before is_ready().
  [[nodiscard]] std::string peer_subject() const;
  /// Its alternative names; as above.
  [[nodiscard]] std::vector<std::string> peer_names() const;
  /// By the subject alternative names of its certificate, and by nothing else.
  [[nodiscard]] net::Proof proof_of(const std::string& host) const override;
  /// Also when the other side has refused this one.
  [[nodiscard]] std::string failure() const override { return failure_; }

 private:
  [[nodiscard]] net::IoState state_after(int outcome);
  [[nodiscard]] const X509* peer_certificate() const;
  void note_failure(bool was_ready);
  void say_goodbye();

  net::Fd socket_;
  SslPtr session_;
  bool waits_to_write_;       // the library does, whatever the owner wants to send
  bool holds_input_ = false;  // read from the socket, or the end of it seen, and not given yet
  bool is_broken_ = false;
  bool said_goodbye_ = false;
  std::string failure_;
};

}  // namespace paddock::tls
