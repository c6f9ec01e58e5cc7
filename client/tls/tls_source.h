// SPDX-License-Identifier: Apache-2.0
//
// How a client speaks TLS: what it is told once, and what new connections use. One source serves
// any number of clients and threads. Invariant: files that are no good never take the place of
// files that were.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "base/error.h"
#include "config/tls_config.h"
#include "tls/context.h"
#include "tls/files.h"

namespace paddock::client {

enum class TlsVersion : std::uint8_t {
  Tls12,
  Tls13,
};

/// Whether a server's certificate must name, as a subject alternative name, the host that was
/// dialed.
enum class HostCheck : std::uint8_t {
  On,
  Off,
};

struct TlsOptions {
  /// PEM: whose certificates of servers are good. Empty: whom the system trusts.
  std::string ca_file{};
  /// PEM: what this client shows of itself. Empty: nothing.
  std::string certificate_file{};
  /// PEM. Empty: the key is in certificate_file, or beside it with the ending `.key`.
  std::string key_file{};
  HostCheck host_check = HostCheck::On;
  TlsVersion version_min = TlsVersion::Tls12;
};

class TlsSource final {
 public:
  /// *Errors*: which file is missing or no good, and why.
  [[nodiscard]] static Result<std::shared_ptr<TlsSource>> open(const TlsOptions& options);

  /// For a new connection. Looks at the files again: those that have changed and are good are in
  /// force, so that a client outlives its certificates.
  [[nodiscard]] std::shared_ptr<const tls::Context> context();

 private:
  explicit TlsSource(const TlsOptions& options);
  [[nodiscard]] Result<> look();

  const config::TlsConfig config_;
  const std::string key_file_;
  std::mutex mutex_;
  tls::Files files_;
  std::shared_ptr<const tls::Context> in_force_;
};

}  // namespace paddock::client
