// SPDX-License-Identifier: Apache-2.0
#include "kube_client/byte_stream.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/error.hpp>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace paddock::kube {

namespace {

namespace beast = boost::beast;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

IoOutcome outcome_of(const error_code& error, std::size_t bytes = 0) {
  if (!error) return {.bytes = bytes};
  const bool is_end = error == asio::error::eof || error == asio::ssl::error::stream_truncated;
  const bool is_too_late = error == beast::error::timeout;
  return {.bytes = bytes,
          .is_end = is_end,
          .is_too_late = is_too_late,
          .problem = is_too_late ? "no answer in time" : error.message()};
}

/// So that a peer that is gone is noticed while we wait for news.
void keep_alive(tcp::socket& socket) {
  error_code ignored;
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
  socket.set_option(tcp::no_delay(true), ignored);
  const int idle_seconds = 30;
  ::setsockopt(
      socket.native_handle(), IPPROTO_TCP, TCP_KEEPIDLE, &idle_seconds, sizeof idle_seconds);
}

}  // namespace

ByteStream::ByteStream(asio::io_context& io, TlsSetup setup)
    : io_(io), setup_(std::move(setup)), tcp_(io) {}

asio::awaitable<IoOutcome> ByteStream::connect(const ClusterAccess& access,
                                               MonotonicTime deadline) {
  set_deadline(deadline);
  IoOutcome outcome = co_await connect_tcp(access.url);
  if (!outcome.is_good() || setup_ == nullptr) co_return outcome;
  outcome = co_await handshake(access);
  co_return outcome;
}

asio::awaitable<IoOutcome> ByteStream::connect_tcp(const ServerUrl& url) {
  error_code no_address;
  const asio::ip::address address = asio::ip::make_address(url.host, no_address);
  error_code error;
  if (!no_address) {
    std::tie(error) = co_await tcp_.async_connect(tcp::endpoint(address, url.port), kAwait);
  } else {
    tcp::resolver resolver(io_);
    Endpoints endpoints;
    std::tie(error, endpoints) =
        co_await resolver.async_resolve(url.host, std::to_string(url.port), kAwait);
    if (error) co_return outcome_of(error);
    tcp::endpoint chosen;
    std::tie(error, chosen) = co_await tcp_.async_connect(endpoints, kAwait);
  }
  if (!error) keep_alive(tcp_.socket());
  co_return outcome_of(error);
}

asio::awaitable<IoOutcome> ByteStream::handshake(const ClusterAccess& access) {
  tls_.emplace(tcp_, *setup_);
  if (auto named = expect_server(tls_->native_handle(), access); !named) {
    co_return IoOutcome{.problem = std::move(named.error().message)};
  }
  const auto [error] = co_await tls_->async_handshake(asio::ssl::stream_base::client, kAwait);
  IoOutcome outcome = outcome_of(error);
  if (!error || outcome.is_too_late) co_return outcome;
  const std::string why = certificate_problem(tls_->native_handle());
  outcome.problem = why.empty() ? "TLS: " + outcome.problem : "the server's certificate: " + why;
  co_return outcome;
}

asio::awaitable<IoOutcome> ByteStream::write(std::string_view bytes, MonotonicTime deadline) {
  set_deadline(deadline);
  const asio::const_buffer buffer(bytes.data(), bytes.size());
  error_code error;
  std::size_t count = 0;
  if (tls_) {
    std::tie(error, count) = co_await asio::async_write(*tls_, buffer, kAwait);
  } else {
    std::tie(error, count) = co_await asio::async_write(tcp_, buffer, kAwait);
  }
  co_return outcome_of(error, count);
}

asio::awaitable<IoOutcome> ByteStream::read(std::span<char> into, MonotonicTime deadline) {
  set_deadline(deadline);
  const asio::mutable_buffer buffer(into.data(), into.size());
  error_code error;
  std::size_t count = 0;
  if (tls_) {
    std::tie(error, count) = co_await tls_->async_read_some(buffer, kAwait);
  } else {
    std::tie(error, count) = co_await tcp_.async_read_some(buffer, kAwait);
  }
  co_return outcome_of(error, count);
}

bool ByteStream::is_quiet() {
  char byte = 0;
  const ssize_t count = ::recv(tcp_.socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void ByteStream::close() {
  tcp_.close();
}

void ByteStream::set_deadline(MonotonicTime deadline) {
  tcp_.expires_at(std::chrono::steady_clock::time_point(deadline.since_origin));
}

}  // namespace paddock::kube
