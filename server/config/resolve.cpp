// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "config/loading.h"
#include "config/text.h"

namespace paddock::config {
namespace {

constexpr std::uint16_t kDefaultClientPort = 2181;
constexpr int kRetainedSnapshotsMin = 3;
constexpr int kSnapshotTransactionsMin = 2;

std::optional<Endpoint> endpoint_of(Loading& loading,
                                    std::string_view key,
                                    const std::optional<std::uint16_t>& port,
                                    const std::string& address) {
  if (port) return Endpoint{address, *port};
  const std::string address_key = fmt::format("{}Address", key);
  if (loading.is_set(address_key)) {
    loading.error(fmt::format("{} is set, but {} is not", loading.at(address_key), key));
  }
  return std::nullopt;
}

/// This server's own line among `server.N`; a standalone server needs no `myid` to know it.
const Member* own_member(const ServerConfig& config) {
  const auto& members = config.ensemble.members;
  const auto self = members.find(config.ensemble.my_id);
  if (self != members.end()) return &self->second;
  const bool is_only = config.is_standalone() && members.size() == 1;
  return is_only && config.ensemble.my_id == ServerId{} ? &members.begin()->second : nullptr;
}

/// The address of a `server.N` line replaces that of the key, which must not contradict it.
void merge(Loading& loading,
           std::string_view key,
           const std::optional<Endpoint>& of_member,
           std::optional<Endpoint>& target) {
  if (!of_member) return;
  const bool fits =
      !target || *target == *of_member || (target->host.empty() && target->port == of_member->port);
  if (fits) {
    target = of_member;
  } else {
    loading.error(fmt::format("{}: {} differs from {} in this server's server.N line",
                              loading.at(key),
                              to_string(*target),
                              to_string(*of_member)));
  }
}

void resolve_client_ports(Loading& loading) {
  Draft& draft = loading.draft;
  ClientConfig& clients = draft.config.clients;
  clients.plain = endpoint_of(loading, "clientPort", draft.client_port, draft.client_address);
  clients.secure = endpoint_of(
      loading, "secureClientPort", draft.secure_client_port, draft.secure_client_address);
  if (const Member* self = own_member(draft.config); self != nullptr) {
    merge(loading, "clientPort", self->client, clients.plain);
    merge(loading, "secureClientPort", self->secure_client, clients.secure);
  }
  const bool has_file = loading.sources.file_text.has_value();
  if (!has_file && !clients.plain && !clients.secure) {
    clients.plain = Endpoint{draft.client_address, kDefaultClientPort};
  }
}

void resolve_sessions(Loading& loading) {
  SessionConfig& sessions = loading.draft.config.sessions;
  const milliseconds unset{-1};
  if (!loading.is_set("minSessionTimeout") || sessions.timeout_min == unset) {
    sessions.timeout_min = 2 * sessions.tick_time;
  }
  if (!loading.is_set("maxSessionTimeout") || sessions.timeout_max == unset) {
    sessions.timeout_max = 20 * sessions.tick_time;
  }
}

void raise(Loading& loading, std::string_view key, int minimum, int& value) {
  if (value >= minimum) return;
  loading.warn(fmt::format("{}={} is too small; {} is taken", loading.at(key), value, minimum));
  value = minimum;
}

void resolve_storage(Loading& loading) {
  StorageConfig& storage = loading.draft.config.storage;
  if (storage.data_log_dir.empty()) storage.data_log_dir = storage.data_dir;
  if (!loading.is_set("maxWriteQueuePollTime")) storage.flush_poll_max = storage.flush_delay / 3;
  const bool is_standalone = loading.draft.config.is_standalone();
  if (!loading.is_set("db.autocreate")) {
    storage.start_empty = is_standalone;
  } else {
    storage.awaits_initialize = !storage.start_empty && !is_standalone;
  }
  raise(loading, "autopurge.snapRetainCount", kRetainedSnapshotsMin, storage.retained_snapshots);
  raise(loading, "snapCount", kSnapshotTransactionsMin, storage.snapshot_transactions);
}

void resolve_auth(Loading& loading) {
  AuthConfig& auth = loading.draft.config.auth;
  if (!auth.session_requires_sasl) return;
  auth.enforce = true;
  auth.enforced_schemes = {"sasl"};
}

void resolve_commands(Loading& loading) {
  CommandWhitelist& whitelist = loading.draft.config.four_letter_words;
  const auto add = [&](std::string_view word) {
    if (!whitelist.allows(word)) whitelist.words.emplace_back(word);
  };
  add("srvr");
  if (loading.draft.config.features.read_only_mode) add("isro");
}

/// Who has certificates for its servers means them to be used.
void resolve_quorum_tls(Loading& loading) {
  ServerConfig& config = loading.draft.config;
  const bool is_given = loading.is_set("sslQuorum") || loading.is_set("portUnification");
  if (!is_given) config.ensemble.tls = !config.quorum_tls.key_store.location.empty();
}

void resolve_metrics(Loading& loading) {
  Draft& draft = loading.draft;
  MetricsConfig& metrics = draft.config.metrics;
  if (metrics.provider != MetricsProvider::Prometheus) return;
  const auto at = [&](std::int64_t port) {
    return Endpoint{draft.metrics_address, static_cast<std::uint16_t>(port)};
  };
  if (draft.metrics_https_port >= 0) {
    metrics.secure_listen = at(draft.metrics_https_port);
    // Who asks for HTTPS alone does not get plain HTTP beside it.
    if (!loading.is_set("metricsProvider.httpPort")) return;
  }
  if (draft.metrics_port >= 0) metrics.listen = at(draft.metrics_port);
}

void resolve_admin(Loading& loading) {
  AdminConfig& admin = loading.draft.config.admin;
  if (admin.need_client_auth) admin.client_auth = ClientAuth::Need;
}

void read_password(Loading& loading, std::string_view key, Store& store) {
  if (store.password_file.empty()) return;
  const auto content = loading.sources.read_file(store.password_file);
  if (!content || !*content) {
    loading.error(fmt::format("{}={}: {}",
                              loading.at(key),
                              store.password_file,
                              content ? "there is no such file" : content.error().message));
    return;
  }
  store.password = Secret(std::string(trimmed(**content)));
}

void read_passwords(Loading& loading) {
  ServerConfig& config = loading.draft.config;
  read_password(loading, "ssl.keyStore.passwordPath", config.client_tls.key_store);
  read_password(loading, "ssl.trustStore.passwordPath", config.client_tls.trust_store);
  read_password(loading, "ssl.quorum.keyStore.passwordPath", config.quorum_tls.key_store);
  read_password(loading, "ssl.quorum.trustStore.passwordPath", config.quorum_tls.trust_store);
}

}  // namespace

void resolve(Loading& loading) {
  resolve_client_ports(loading);
  resolve_sessions(loading);
  resolve_storage(loading);
  resolve_auth(loading);
  resolve_commands(loading);
  resolve_admin(loading);
  resolve_metrics(loading);
  resolve_quorum_tls(loading);
  read_passwords(loading);
  EnsembleConfig& ensemble = loading.draft.config.ensemble;
  if (!loading.is_set("connectToLearnerMasterLimit")) ensemble.connect_limit = ensemble.init_limit;
}

}  // namespace paddock::config
