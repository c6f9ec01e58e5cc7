// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "config/loading.h"
#include "config/principal.h"

namespace paddock::config {
namespace {

void check_stores(Loading& loading,
                  std::string_view asked_by,
                  const TlsConfig& tls,
                  std::string_view key_store,
                  std::string_view trust_store) {
  if (tls.key_store.location.empty()) {
    loading.error(fmt::format("{} needs {}", loading.at(asked_by), key_store));
  }
  if (tls.client_auth != ClientAuth::None && tls.trust_store.location.empty()) {
    loading.error(
        fmt::format("{}: to ask clients for certificates needs {}, which says whose are good",
                    loading.at(asked_by),
                    trust_store));
  }
}

void check_admin_tls(Loading& loading) {
  const ServerConfig& config = loading.draft.config;
  const AdminConfig& admin = config.admin;
  if (!admin.speaks_tls()) {
    if (admin.client_auth == ClientAuth::None) return;
    const bool is_needed = admin.need_client_auth;
    return loading.error(
        fmt::format("{} needs admin.forceHttps=true or admin.portUnification=true",
                    loading.at(is_needed ? "admin.needClientAuth" : "paddock.admin.clientAuth")));
  }
  check_stores(loading,
               admin.force_https ? "admin.forceHttps" : "admin.portUnification",
               config.admin_tls(),
               "ssl.quorum.keyStore.location or ssl.keyStore.location",
               "the trust store beside the key store");
}

void check_principals(Loading& loading,
                      std::string_view key,
                      const std::vector<std::string>& principals) {
  const AdminConfig& admin = loading.draft.config.admin;
  for (const std::string& text : principals) {
    const auto principal = parse_principal(text);
    if (!principal) {
      // Which one is not shown: it may be a password in the wrong place.
      loading.error(fmt::format("{}: {}", loading.at(key), principal.error().message));
    } else if (principal->scheme == "x509" && admin.client_auth == ClientAuth::None) {
      loading.error(
          fmt::format("{}: '{}' needs paddock.admin.clientAuth=want or need: nobody is asked for a "
                      "certificate",
                      loading.at(key),
                      text));
    }
  }
}

}  // namespace

void check_http(Loading& loading) {
  const ServerConfig& config = loading.draft.config;
  if (config.admin.enabled) {
    check_admin_tls(loading);
    check_principals(loading, "paddock.admin.readers", config.admin.readers);
    check_principals(loading, "paddock.admin.operators", config.admin.operators);
  }
  if (config.metrics.secure_listen) {
    check_stores(loading,
                 "metricsProvider.httpsPort",
                 config.metrics_tls,
                 "metricsProvider.ssl.keyStore.location",
                 "metricsProvider.ssl.trustStore.location");
  }
}

}  // namespace paddock::config
