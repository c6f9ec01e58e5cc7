// SPDX-License-Identifier: Apache-2.0
#include "runtime/server_tls.h"

namespace paddock::runtime {

namespace {

Result<> open_one(const config::TlsConfig& config,
                  std::string whose,
                  std::unique_ptr<TlsCredentials>& to) {
  auto opened = TlsCredentials::open(config, std::move(whose));
  PADDOCK_TRY(opened);
  to = std::move(*opened);
  return {};
}

}  // namespace

Result<> ServerTls::open(const config::ServerConfig& config) {
  if (config.clients.speak_tls()) PADDOCK_TRY(open_one(config.client_tls, "clients", clients_));
  const bool is_member = !config.is_standalone();
  if (is_member && config.ensemble.speaks_tls()) {
    PADDOCK_TRY(open_one(config.quorum_tls, "servers", servers_));
  }
  if (config.admin.enabled && config.admin.speaks_tls()) {
    PADDOCK_TRY(open_one(config.admin_tls(), "the admin port", admin_));
  }
  if (config.metrics.secure_listen) {
    PADDOCK_TRY(open_one(config.metrics_tls, "the metrics port", metrics_));
  }
  return {};
}

void ServerTls::look() {
  for (TlsCredentials* const one : {clients(), servers(), admin(), metrics()}) {
    if (one != nullptr) one->look();
  }
}

std::vector<ServerTls::Named> ServerTls::all() const {
  std::vector<Named> found;
  for (const Named& one : {Named("clients", clients()),
                           Named("servers", servers()),
                           Named("admin", admin()),
                           Named("metrics", metrics())}) {
    if (one.second != nullptr) found.push_back(one);
  }
  return found;
}

}  // namespace paddock::runtime
