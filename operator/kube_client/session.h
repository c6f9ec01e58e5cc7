// SPDX-License-Identifier: Apache-2.0
//
// What all requests of a client share: credentials in force, TLS, connections that wait for the
// next request. Lives on its io_context's thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include "kube/credentials.h"
#include "kube_client/byte_stream.h"
#include "kube_client/signal.h"

namespace paddock::kube {

class Session {
 public:
  Session(asio::io_context& io,
          ClusterAccess access,
          std::function<void(const std::string&)> on_warning);
  ~Session() { stop(); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Reads credentials if it is time. *Errors*: there are none at all.
  [[nodiscard]] asio::awaitable<Result<>> refresh();
  /// Those that a request is sent with.
  [[nodiscard]] const Credentials& credentials() const { return *cache_.current(); }
  [[nodiscard]] std::uint64_t version() const { return cache_.version(); }
  /// The server did not take them.
  void reject(std::uint64_t version) { cache_.on_rejected(version); }

  /// A connection that has been used, or nothing.
  [[nodiscard]] std::unique_ptr<ByteStream> take_idle();
  /// One to be connected.
  [[nodiscard]] std::unique_ptr<ByteStream> make_stream() const;
  void keep(std::unique_ptr<ByteStream> stream);

  /// Waits until fewer than the most connections are in use; the caller's is then one of them.
  [[nodiscard]] asio::awaitable<void> enter();
  void leave();

  /// Waits for what reads files; nothing may be called afterwards.
  void stop();
  [[nodiscard]] const ClusterAccess& access() const { return access_; }

 private:
  [[nodiscard]] asio::awaitable<void> read_anew();
  void take(Result<Credentials> read);

  asio::io_context& io_;
  const ClusterAccess access_;
  std::function<void(const std::string&)> on_warning_;
  CredentialCache cache_;
  TlsSetup setup_;
  bool is_reading_ = false;
  Signal has_read_;
  std::vector<std::unique_ptr<ByteStream>> idle_;
  std::size_t in_use_ = 0;
  Signal has_left_;
  asio::thread_pool reader_{1};
};

}  // namespace paddock::kube
