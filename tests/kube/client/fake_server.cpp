// SPDX-License-Identifier: Apache-2.0
#include "fake_server.h"

#include <algorithm>
#include <array>
#include <csignal>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <sys/socket.h>

#include "base/assert.h"

namespace paddock::kube {

namespace {

/// Reads requests off a connection.
class Reader {
 public:
  explicit Reader(Wire& wire) : wire_(wire) {}

  /// False: the connection has ended.
  bool read(SeenRequest& into) {
    std::size_t head_end = std::string::npos;
    while ((head_end = input_.find("\r\n\r\n")) == std::string::npos) {
      if (!receive()) return false;
    }
    parse(input_.substr(0, head_end), into);
    input_.erase(0, head_end + 4);
    const auto length = into.headers.find("content-length");
    const std::size_t wanted = length == into.headers.end() ? 0 : std::stoul(length->second);
    while (input_.size() < wanted) {
      if (!receive()) return false;
    }
    into.body = input_.substr(0, wanted);
    input_.erase(0, wanted);
    return true;
  }

 private:
  static void parse(const std::string& head, SeenRequest& into) {
    std::size_t at = head.find("\r\n");
    const std::string line = head.substr(0, at);
    into.method = line.substr(0, line.find(' '));
    into.target = line.substr(into.method.size() + 1, line.rfind(' ') - into.method.size() - 1);
    while (at != std::string::npos) {
      const std::size_t end = head.find("\r\n", at + 2);
      const std::string header = head.substr(at + 2, end == std::string::npos ? end : end - at - 2);
      std::string name = header.substr(0, header.find(':'));
      std::ranges::transform(
          name, name.begin(), [](unsigned char letter) { return std::tolower(letter); });
      into.headers[name] = header.substr(header.find(':') + 2);
      at = end;
    }
  }

  bool receive() {
    std::array<char, 4096> block{};
    const std::size_t count = wire_.receive(block.data(), block.size());
    input_.append(block.data(), count);
    return count > 0;
  }

  Wire& wire_;
  std::string input_;
};

tls::SslContextPtr context_of(const FakeServer::Tls& with) {
  tls::SslContextPtr context(SSL_CTX_new(TLS_server_method()));
  SSL_CTX_use_certificate(context.get(), with.certificate->certificate.get());
  SSL_CTX_use_PrivateKey(context.get(), with.certificate->key.get());
  if (with.client_authority != nullptr) {
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()),
                        with.client_authority->certificate.get());
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  return context;
}

}  // namespace

void Wire::send(std::string_view bytes) {
  while (!bytes.empty() && socket_.is_open()) {
    const auto count = session_ == nullptr
                           ? ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL)
                           : SSL_write(session_, bytes.data(), static_cast<int>(bytes.size()));
    if (count <= 0) return close();
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

void Wire::answer(unsigned code, std::string_view body, std::string_view headers) {
  send(fmt::format(
      "HTTP/1.1 {} Said\r\n{}Content-Length: {}\r\n\r\n{}", code, headers, body.size(), body));
}

void Wire::begin_chunks() {
  send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
}

void Wire::chunk(std::string_view bytes) {
  send(fmt::format("{:x}\r\n{}\r\n", bytes.size(), bytes));
}

void Wire::close() {
  const std::lock_guard lock(mutex_);
  socket_.reset();
}

void Wire::reset() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close();
}

void Wire::wait_for_close() {
  std::array<char, 4096> block{};
  while (receive(block.data(), block.size()) > 0) {
  }
}

std::size_t Wire::receive(char* into, std::size_t room) {
  if (!socket_.is_open()) return 0;
  const auto count = session_ == nullptr ? ::recv(socket_.get(), into, room, 0)
                                         : SSL_read(session_, into, static_cast<int>(room));
  return count > 0 ? static_cast<std::size_t>(count) : 0;
}

void Wire::interrupt() {
  const std::lock_guard lock(mutex_);
  if (socket_.is_open()) ::shutdown(socket_.get(), SHUT_RDWR);
}

FakeServer::FakeServer(Serve serve, Tls with)
    : serve_(std::move(serve)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (with.certificate != nullptr) context_ = context_of(with);
  // OpenSSL writes to sockets that are closed without saying that it does not mind.
  ::signal(SIGPIPE, SIG_IGN);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = static_cast<sockaddr*>(static_cast<void*>(&address));
  if (::bind(listener_.get(), generic, size) != 0 || ::listen(listener_.get(), 64) != 0 ||
      ::getsockname(listener_.get(), generic, &size) != 0) {
    PADDOCK_UNREACHABLE();
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

FakeServer::~FakeServer() {
  ::shutdown(listener_.get(), SHUT_RDWR);
  acceptor_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const auto& wire : wires_) wire->interrupt();
  }
  for (std::thread& thread : threads_) thread.join();
}

std::vector<SeenRequest> FakeServer::seen() const {
  const std::lock_guard lock(mutex_);
  return seen_;
}

void FakeServer::accept_all() {
  for (;;) {
    net::Fd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!socket.is_open()) return;
    tls::SslPtr session;
    if (context_ != nullptr) {
      session.reset(SSL_new(context_.get()));
      SSL_set_fd(session.get(), socket.get());
    }
    auto wire = std::make_shared<Wire>(std::move(socket), session.get());
    const int number = ++connections_;
    const std::lock_guard lock(mutex_);
    wires_.push_back(wire);
    threads_.emplace_back([this, wire, session = std::move(session), number]() mutable {
      serve(wire, std::move(session), number);
    });
  }
}

void FakeServer::serve(std::shared_ptr<Wire> wire, tls::SslPtr session, int number) {
  if (session != nullptr && SSL_accept(session.get()) != 1) {
    ERR_clear_error();
    return wire->interrupt();
  }
  Reader reader(*wire);
  SeenRequest request{.connection = number};
  while (wire->is_open() && reader.read(request)) {
    {
      const std::lock_guard lock(mutex_);
      seen_.push_back(request);
    }
    serve_(request, *wire);
    request = {.connection = number};
  }
  wire->close();
}

}  // namespace paddock::kube
