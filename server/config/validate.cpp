// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "config/limit_field.h"
#include "config/loading.h"

namespace paddock::config {
namespace {

struct Listener {
  std::string_view key;
  Endpoint endpoint;
};

std::vector<Listener> listeners_of(const ServerConfig& config) {
  std::vector<Listener> result;
  if (config.clients.plain) result.push_back({"clientPort", *config.clients.plain});
  if (config.clients.secure) result.push_back({"secureClientPort", *config.clients.secure});
  const MetricsConfig& metrics = config.metrics;
  if (metrics.listen) result.push_back({"metricsProvider.httpPort", *metrics.listen});
  if (metrics.secure_listen && metrics.secure_listen != metrics.listen) {
    result.push_back({"metricsProvider.httpsPort", *metrics.secure_listen});
  }
  if (config.admin.enabled) result.push_back({"admin.serverPort", config.admin.listen});
  return result;
}

bool collide(const Endpoint& a, const Endpoint& b) {
  if (a.port != b.port || a.port == 0) return false;
  return a.host.empty() || b.host.empty() || a.host == b.host;
}

/// The admin server's default port gives way to a port that was asked for.
void check_listeners(Loading& loading) {
  ServerConfig& config = loading.draft.config;
  const std::vector<Listener> listeners = listeners_of(config);
  for (std::size_t second = 0; second < listeners.size(); ++second) {
    for (std::size_t first = 0; first < second; ++first) {
      const Listener& a = listeners[first];
      const Listener& b = listeners[second];
      if (!collide(a.endpoint, b.endpoint)) continue;
      if (b.key == "admin.serverPort" && !loading.is_set(b.key)) {
        loading.warn(
            fmt::format("{} takes port {} of the admin server, which is therefore off; "
                        "admin.serverPort gives it another",
                        loading.at(a.key),
                        a.endpoint.port));
        config.admin.enabled = false;
      } else {
        loading.error(fmt::format(
            "{}: port {} is taken by {} already", loading.at(b.key), b.endpoint.port, a.key));
      }
    }
  }
}

void check_clients(Loading& loading) {
  const ServerConfig& config = loading.draft.config;
  if (!config.clients.plain && !config.clients.secure) {
    loading.error("clientPort is missing: one of clientPort and secureClientPort is required");
  }
  if (config.clients.speak_tls() && config.client_tls.key_store.location.empty()) {
    loading.error(fmt::format(
        "{} needs ssl.keyStore.location",
        loading.at(config.clients.secure ? "secureClientPort" : "client.portUnification")));
  } else if (config.clients.speak_tls() && config.client_tls.trust_store.location.empty() &&
             config.client_tls.client_auth != ClientAuth::None) {
    loading.error(fmt::format(
        "ssl.clientAuth={} needs ssl.trustStore.location, which says whose certificates are good",
        config.client_tls.client_auth == ClientAuth::Need ? "need" : "want"));
  }
  if (config.sessions.timeout_min > config.sessions.timeout_max) {
    loading.error(fmt::format("{} ({} ms) is larger than maxSessionTimeout ({} ms)",
                              loading.at("minSessionTimeout"),
                              config.sessions.timeout_min.count(),
                              config.sessions.timeout_max.count()));
  }
}

void check_directories(Loading& loading) {
  const StorageConfig& storage = loading.draft.config.storage;
  if (storage.data_dir.empty()) {
    loading.error("dataDir is missing: it names the directory that the data is kept in");
    return;
  }
  for (const auto& [key, path] :
       {std::pair("dataDir", &storage.data_dir), std::pair("dataLogDir", &storage.data_log_dir)}) {
    if (loading.is_set(key) && !path->starts_with('/')) {
      loading.warn(fmt::format("{}={} is relative to the directory that the server is started in",
                               loading.at(key),
                               *path));
    }
  }
}

bool is_available(const ServerConfig& config, std::string_view scheme) {
  const AuthConfig& auth = config.auth;
  if (scheme == "ip") return true;
  if (scheme == "digest") return auth.digest_enabled;
  if (scheme == "sasl") return auth.has(AuthProvider::Sasl);
  if (scheme == "x509" || scheme == "san") return config.has_x509();
  if (scheme == "jwt") return auth.jwt.is_on();
  return scheme == "ensemble" && auth.has(AuthProvider::Ensemble);
}

/// A token for anybody else would do, too.
void check_jwt(Loading& loading) {
  const JwtConfig& jwt = loading.draft.config.auth.jwt;
  for (const auto& [key, value] : {std::pair("paddock.jwt.issuer", &jwt.issuer),
                                   std::pair("paddock.jwt.audience", &jwt.audience)}) {
    if (jwt.is_on() && value->empty()) {
      loading.error(fmt::format("{} needs {}", loading.at("paddock.jwt.keys"), key));
    }
    if (!jwt.is_on() && !value->empty()) {
      loading.error(fmt::format("{} needs paddock.jwt.keys", loading.at(key)));
    }
  }
}

/// Without a JAAS file nobody authenticates by SASL.
void check_sasl(Loading& loading) {
  const AuthConfig& auth = loading.draft.config.auth;
  if (!auth.has(AuthProvider::Sasl) || !auth.jaas_file.empty()) return;
  constexpr std::string_view kNeeded =
      "java.security.auth.login.config must name a file of users, or of a key table";
  if (auth.enforces("sasl")) {
    loading.error(fmt::format("the scheme sasl is enforced, and nobody has it: {}", kNeeded));
  } else if (auth.has(AuthProvider::Sasl)) {
    loading.warn(fmt::format("authProvider: nobody can authenticate by SASL: {}", kNeeded));
  }
}

void check_auth(Loading& loading) {
  check_jwt(loading);
  const AuthConfig& auth = loading.draft.config.auth;
  if (auth.has(AuthProvider::Ensemble)) {
    loading.warn("authProvider: the scheme ensemble is not supported yet");
  }
  check_sasl(loading);
  if (!auth.enforce) return;
  if (auth.enforced_schemes.empty()) {
    loading.error(
        fmt::format("{}=true needs enforce.auth.schemes", loading.at("enforce.auth.enabled")));
  }
  for (const std::string& scheme : auth.enforced_schemes) {
    if (!is_available(loading.draft.config, scheme)) {
      loading.error(
          fmt::format("{}: the scheme '{}' is not available; authProvider.N adds one",
                      loading.at(auth.session_requires_sasl ? "sessionRequireClientSASLAuth"
                                                            : "enforce.auth.schemes"),
                      scheme));
    }
  }
}

void check_quorum_sasl(Loading& loading) {
  const EnsembleConfig& ensemble = loading.draft.config.ensemble;
  const auto needs = [&](std::string_view key, std::string_view needed) {
    loading.error(fmt::format("{}=true needs {}=true", loading.at(key), needed));
  };
  if (ensemble.server_requires_sasl && !ensemble.learner_requires_sasl) {
    needs("quorum.auth.serverRequireSasl", "quorum.auth.learnerRequireSasl");
  }
  if (ensemble.learner_requires_sasl && !ensemble.sasl) {
    needs("quorum.auth.learnerRequireSasl", "quorum.auth.enableSasl");
  }
}

void check_quorum_tls(Loading& loading) {
  const ServerConfig& config = loading.draft.config;
  if (!config.ensemble.speaks_tls()) return;
  const std::string key = loading.at(config.ensemble.tls ? "sslQuorum" : "portUnification");
  if (config.quorum_tls.key_store.location.empty()) {
    loading.error(fmt::format("{}=true needs ssl.quorum.keyStore.location", key));
  } else if (config.quorum_tls.trust_store.location.empty()) {
    loading.error(fmt::format(
        "{}=true needs ssl.quorum.trustStore.location, which says whose certificates are good",
        key));
  }
}

void check_ensemble_settings(Loading& loading) {
  const ServerConfig& config = loading.draft.config;
  const EnsembleConfig& ensemble = config.ensemble;
  check_quorum_sasl(loading);
  check_quorum_tls(loading);
  if (ensemble.notification_interval_min > ensemble.notification_interval_max) {
    loading.error(fmt::format("{} is larger than fastleader.maxNotificationInterval",
                              loading.at("fastleader.minNotificationInterval")));
  }
  if (config.features.ttl_nodes && raw(ensemble.my_id) == 255) {
    loading.error(
        fmt::format("{}=true: the server id 255 is not possible with TTL nodes (1 to 254)",
                    loading.at("extendedTypesEnabled")));
  }
}

void warn_of_unsafe(Loading& loading) {
  const ServerConfig& config = loading.draft.config;
  if (!config.storage.force_sync) {
    loading.warn(fmt::format("{}: acknowledged writes are lost when the power fails",
                             loading.at("forceSync")));
  }
  if (config.features.skip_acl) {
    loading.warn(fmt::format("{}: every client may do everything", loading.at("skipACL")));
  }
  constexpr std::array<std::string_view, 19> kWords{"*",
                                                    "conf",
                                                    "cons",
                                                    "crst",
                                                    "dirs",
                                                    "dump",
                                                    "envi",
                                                    "gtmk",
                                                    "hash",
                                                    "isro",
                                                    "mntr",
                                                    "ruok",
                                                    "srst",
                                                    "srvr",
                                                    "stat",
                                                    "stmk",
                                                    "wchc",
                                                    "wchp",
                                                    "wchs"};
  for (const std::string& word : config.four_letter_words.words) {
    if (std::ranges::find(kWords, word) == kWords.end()) {
      loading.warn(fmt::format("{}: '{}' is not a four-letter word that is known",
                               loading.at("4lw.commands.whitelist"),
                               word));
    }
  }
}

}  // namespace

void validate(Loading& loading) {
  check_directories(loading);
  check_clients(loading);
  check_listeners(loading);
  check_auth(loading);
  check_client_limits(loading);
  check_http(loading);
  check_ensemble_settings(loading);
  warn_of_unsafe(loading);
}

}  // namespace paddock::config
