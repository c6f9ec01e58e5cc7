// SPDX-License-Identifier: Apache-2.0
//
// The TLS credentials of all of a server's ports, as the configuration wants them. Owned by the
// server.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "config/server_config.h"
#include "runtime/tls_credentials.h"

namespace paddock::runtime {

class ServerTls {
 public:
  using Named = std::pair<std::string, const TlsCredentials*>;

  /// *Errors*: as TlsCredentials::open() has them.
  [[nodiscard]] Result<> open(const config::ServerConfig& config);
  /// One thread, about once a second.
  void look();

  // Null: nobody speaks TLS there.
  [[nodiscard]] TlsCredentials* clients() const { return clients_.get(); }
  [[nodiscard]] TlsCredentials* servers() const { return servers_.get(); }
  [[nodiscard]] TlsCredentials* admin() const { return admin_.get(); }
  [[nodiscard]] TlsCredentials* metrics() const { return metrics_.get(); }
  /// Those that there are.
  [[nodiscard]] std::vector<Named> all() const;

 private:
  std::unique_ptr<TlsCredentials> clients_;
  std::unique_ptr<TlsCredentials> servers_;
  std::unique_ptr<TlsCredentials> admin_;
  std::unique_ptr<TlsCredentials> metrics_;
};

}  // namespace paddock::runtime
