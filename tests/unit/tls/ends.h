// SPDX-License-Identifier: Apache-2.0
//
// Two ends of a connection within one thread, each moved on a little at a time: what they send
// waits in the sockets between them, which are real and have no port.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "certificates/certificates.h"
#include "net/fd.h"
#include "tls/tls_stream.h"

namespace paddock::tls {

class End {
 public:
  virtual ~End() = default;
  /// Sends and receives what goes now; whether anything changed.
  virtual bool step() = 0;

  std::string to_send;
  std::string received;
  bool closed = false;
};

/// Until nothing moves any more.
void pump(End& one, End& other);

/// Both ends of one connection; `buffer_bytes`: what the system keeps between them, 0 for its own
/// choice.
[[nodiscard]] std::pair<net::Fd, net::Fd> make_sockets(int buffer_bytes = 0);

/// A stream as a server's loop would use it: written to only when it asks for that.
class StreamEnd final : public End {
 public:
  StreamEnd(const Context& context, net::Fd socket, net::Side side, const std::string& host = "")
      : stream(std::make_unique<TlsStream>(context, std::move(socket), side, host)) {}
  bool step() override;

  std::unique_ptr<TlsStream> stream;
  std::size_t room = 4096;       // of one receive
  std::size_t part_bytes = 100;  // of what is sent

 private:
  void send_some();
  void receive_some();
};

struct RawOptions {
  int version_max = 0;  // 0: the newest
  const Issued* identity = nullptr;
  SSL_SESSION* resumes = nullptr;
};

/// A client made of OpenSSL itself, for what no TlsStream does. Trusts everybody.
class RawClient final : public End {
 public:
  RawClient(net::Fd socket, const RawOptions& options);
  bool step() override;

  [[nodiscard]] SSL* session() const { return session_.get(); }
  [[nodiscard]] bool is_ready() const { return SSL_is_init_finished(session_.get()) == 1; }

 private:
  void take_bytes();
  void talk();
  void give_bytes();

  net::Fd socket_;
  SslContextPtr context_;
  SslPtr session_;
};

}  // namespace paddock::tls
