// SPDX-License-Identifier: Apache-2.0
//
// An API server as bytes on a socket of this machine: a test says what each request is answered
// with, and where the connection breaks. A thread for each connection.
#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <openssl/ssl.h>

#include "certificates/certificates.h"
#include "net/fd.h"

namespace paddock::kube {

struct SeenRequest {
  std::string method{};
  std::string target{};
  std::map<std::string, std::string> headers{};  // names in small letters
  std::string body{};
  int connection = 0;  // which one, from 1
};

/// The server's end of a connection, on its thread.
class Wire {
 public:
  Wire(net::Fd socket, SSL* session) : socket_(std::move(socket)), session_(session) {}

  void send(std::string_view bytes);
  /// A whole answer.
  void answer(unsigned code, std::string_view body, std::string_view headers = {});
  /// The header of an answer whose chunks follow.
  void begin_chunks();
  void chunk(std::string_view bytes);
  void end_chunks() { send("0\r\n\r\n"); }
  void close();
  /// So that the client sees a reset.
  void reset();
  /// Until the client has closed it.
  void wait_for_close();
  [[nodiscard]] std::size_t receive(char* into, std::size_t room);
  [[nodiscard]] bool is_open() const { return socket_.is_open(); }
  /// From another thread: what waits for the client ends.
  void interrupt();

 private:
  net::Fd socket_;
  SSL* session_;      // null without TLS
  std::mutex mutex_;  // of closing
};

class FakeServer {
 public:
  using Serve = std::function<void(const SeenRequest&, Wire&)>;

  struct Tls {
    const tls::Issued* certificate = nullptr;
    const tls::Issued* client_authority = nullptr;  // asks for a certificate of it
  };

  explicit FakeServer(Serve serve) : FakeServer(std::move(serve), Tls()) {}
  FakeServer(Serve serve, Tls with);
  ~FakeServer();
  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// All requests so far.
  [[nodiscard]] std::vector<SeenRequest> seen() const;
  [[nodiscard]] int connections() const { return connections_; }

 private:
  void accept_all();
  void serve(std::shared_ptr<Wire> wire, tls::SslPtr session, int number);

  Serve serve_;
  tls::SslContextPtr context_;
  net::Fd listener_;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_ = 0;
  mutable std::mutex mutex_;
  std::vector<SeenRequest> seen_;
  std::list<std::shared_ptr<Wire>> wires_;
  std::list<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace paddock::kube
