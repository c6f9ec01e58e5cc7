// SPDX-License-Identifier: Apache-2.0
//
// One connection to an API server, with TLS or without. Every wait has a deadline. Lives on the
// thread of its io_context.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include "base/error.h"
#include "base/time.h"
#include "kube/kubeconfig.h"
#include "kube_client/tls_setup.h"

namespace paddock::kube {

namespace asio = boost::asio;

/// What a wait ended with.
struct IoOutcome {
  std::size_t bytes = 0;
  bool is_end = false;  // the peer has closed it in order
  bool is_too_late = false;
  std::string problem{};  // empty: none
  [[nodiscard]] bool is_good() const { return !is_end && problem.empty(); }
};

class ByteStream {
 public:
  ByteStream(asio::io_context& io, TlsSetup setup);

  [[nodiscard]] asio::awaitable<IoOutcome> connect(const ClusterAccess& access,
                                                   MonotonicTime deadline);
  [[nodiscard]] asio::awaitable<IoOutcome> write(std::string_view bytes, MonotonicTime deadline);
  [[nodiscard]] asio::awaitable<IoOutcome> read(std::span<char> into, MonotonicTime deadline);

  /// Nothing has come while nobody waited for anything: so it has not been closed either.
  [[nodiscard]] bool is_quiet();
  /// Whoever waits is told that it failed.
  void close();
  /// Which credentials it was opened with.
  [[nodiscard]] const TlsSetup& setup() const { return setup_; }

 private:
  using Endpoints = asio::ip::tcp::resolver::results_type;

  void set_deadline(MonotonicTime deadline);
  [[nodiscard]] asio::awaitable<IoOutcome> connect_tcp(const ServerUrl& url);
  [[nodiscard]] asio::awaitable<IoOutcome> handshake(const ClusterAccess& access);

  asio::io_context& io_;
  TlsSetup setup_;
  boost::beast::tcp_stream tcp_;
  std::optional<asio::ssl::stream<boost::beast::tcp_stream&>> tls_;
};

}  // namespace paddock::kube
