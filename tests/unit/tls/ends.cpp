// SPDX-License-Identifier: Apache-2.0
#include "ends.h"

#include <algorithm>
#include <array>
#include <vector>

#include <openssl/err.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "base/assert.h"

namespace paddock::tls {

namespace {

/// A handshake's flights can cross without anything to see.
constexpr int kQuietSteps = 6;

}  // namespace

void pump(End& one, End& other) {
  for (int quiet = 0; quiet < kQuietSteps; ++quiet) {
    const bool first_moved = one.step();
    if (other.step() || first_moved) quiet = 0;
  }
}

std::pair<net::Fd, net::Fd> make_sockets(int buffer_bytes) {
  std::array<int, 2> sockets{};
  PADDOCK_ASSERT(
      ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, sockets.data()) == 0);
  for (const int socket : sockets) {
    if (buffer_bytes == 0) continue;
    PADDOCK_ASSERT(
        ::setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &buffer_bytes, sizeof buffer_bytes) == 0);
  }
  return {net::Fd(sockets[0]), net::Fd(sockets[1])};
}

bool StreamEnd::step() {
  const std::size_t had = received.size();
  const std::size_t owed = to_send.size();
  const bool was_closed = closed;
  const bool was_ready = stream->is_ready();
  if (!closed && (stream->interest(!to_send.empty()) & EPOLLOUT) != 0) send_some();
  if (!closed) receive_some();
  return received.size() != had || to_send.size() != owed || closed != was_closed ||
         stream->is_ready() != was_ready;
}

void StreamEnd::send_some() {
  std::vector<iovec> parts;
  for (std::size_t at = 0; at < to_send.size(); at += part_bytes) {
    parts.push_back({to_send.data() + at, std::min(part_bytes, to_send.size() - at)});
  }
  const net::IoResult sent = stream->send(parts);
  to_send.erase(0, sent.count);
  closed = sent.state == net::IoState::Closed;
}

void StreamEnd::receive_some() {
  std::string space(room, '\0');
  do {
    const net::IoResult got = stream->receive(space.data(), space.size());
    closed = got.state == net::IoState::Closed;
    received.append(space, 0, got.count);
  } while (stream->holds_input());
}

RawClient::RawClient(net::Fd socket, const RawOptions& options)
    : socket_(std::move(socket)), context_(SSL_CTX_new(TLS_client_method())) {
  if (options.identity != nullptr) {
    SSL_CTX_use_certificate(context_.get(), options.identity->certificate.get());
    SSL_CTX_use_PrivateKey(context_.get(), options.identity->key.get());
  }
  SSL_CTX_set_max_proto_version(context_.get(), options.version_max);
  session_.reset(SSL_new(context_.get()));
  SSL_set_connect_state(session_.get());
  if (options.resumes != nullptr) SSL_set_session(session_.get(), options.resumes);
  SSL_set_bio(session_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
}

bool RawClient::step() {
  const std::size_t had = received.size();
  const std::size_t owed = to_send.size();
  const bool was_closed = closed;
  const bool was_ready = is_ready();
  take_bytes();
  talk();
  give_bytes();
  return received.size() != had || to_send.size() != owed || closed != was_closed ||
         is_ready() != was_ready;
}

void RawClient::take_bytes() {
  std::array<char, 4096> space{};
  for (;;) {
    const net::IoResult got = net::receive(socket_, space.data(), space.size());
    closed = closed || got.state == net::IoState::Closed;
    if (got.state != net::IoState::Ok) return;
    BIO_write(SSL_get_rbio(session_.get()), space.data(), static_cast<int>(got.count));
  }
}

void RawClient::talk() {
  std::array<char, 4096> space{};
  std::size_t count = 0;
  ERR_clear_error();
  while (SSL_read_ex(session_.get(), space.data(), space.size(), &count) == 1) {
    received.append(space.data(), count);
  }
  if (is_ready() && !to_send.empty() &&
      SSL_write_ex(session_.get(), to_send.data(), to_send.size(), &count) == 1) {
    to_send.erase(0, count);
  }
  ERR_clear_error();
}

/// Tests with this end send little: the socket takes it all.
void RawClient::give_bytes() {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(SSL_get_wbio(session_.get()), &bytes);
  if (size <= 0) return;
  const net::IoResult sent = net::send(socket_, View(bytes, static_cast<std::size_t>(size)));
  closed = closed || sent.state == net::IoState::Closed;
  static_cast<void>(BIO_reset(SSL_get_wbio(session_.get())));
}

}  // namespace paddock::tls
