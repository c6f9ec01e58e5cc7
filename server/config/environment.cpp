// SPDX-License-Identifier: Apache-2.0
//
// The environment variables of the official image (docker-library/zookeeper) and of Bitnami's.
#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "config/key_table.h"
#include "config/sources.h"
#include "config/text.h"

namespace paddock::config {
namespace {

struct Variable {
  std::string_view name;
  std::string_view key;
};

constexpr Variable kVariables[] = {
    {"ZOO_DATA_DIR", "dataDir"},
    {"ZOO_DATA_LOG_DIR", "dataLogDir"},
    {"ZOO_TICK_TIME", "tickTime"},
    {"ZOO_INIT_LIMIT", "initLimit"},
    {"ZOO_SYNC_LIMIT", "syncLimit"},
    {"ZOO_MAX_CLIENT_CNXNS", "maxClientCnxns"},
    {"ZOO_MAX_CNXNS", "maxCnxns"},
    {"ZOO_MAX_SESSION_TIMEOUT", "maxSessionTimeout"},
    {"ZOO_STANDALONE_ENABLED", "standaloneEnabled"},
    {"ZOO_RECONFIG_ENABLED", "reconfigEnabled"},
    {"ZOO_LISTEN_ALLIPS_ENABLED", "quorumListenOnAllIPs"},
    {"ZOO_PEER_TYPE", "peerType"},
    {"ZOO_PORT_NUMBER", "clientPort"},
    {"ZOO_ADMINSERVER_ENABLED", "admin.enableServer"},
    {"ZOO_ENABLE_ADMIN_SERVER", "admin.enableServer"},
    {"ZOO_ADMIN_SERVER_ADDRESS", "admin.serverAddress"},
    {"ZOO_ADMIN_SERVER_PORT_NUMBER", "admin.serverPort"},
    {"ZOO_AUTOPURGE_PURGEINTERVAL", "autopurge.purgeInterval"},
    {"ZOO_AUTOPURGE_INTERVAL", "autopurge.purgeInterval"},
    {"ZOO_AUTOPURGE_SNAPRETAINCOUNT", "autopurge.snapRetainCount"},
    {"ZOO_AUTOPURGE_RETAIN_COUNT", "autopurge.snapRetainCount"},
    {"ZOO_4LW_COMMANDS_WHITELIST", "4lw.commands.whitelist"},
    {"ZOO_PRE_ALLOC_SIZE", "preAllocSize"},
    {"ZOO_SNAPCOUNT", "snapCount"},
    {"ZOO_FIPS_MODE", "fips-mode"},
    {"ZOO_LOG_LEVEL", "paddock.logLevel"},
    {"ZOO_PROMETHEUS_METRICS_PORT_NUMBER", "metricsProvider.httpPort"},
    {"ZOO_TLS_CLIENT_KEYSTORE_FILE", "ssl.keyStore.location"},
    {"ZOO_TLS_CLIENT_KEYSTORE_TYPE", "ssl.keyStore.type"},
    {"ZOO_TLS_CLIENT_KEYSTORE_PASSWORD", "ssl.keyStore.password"},
    {"ZOO_TLS_CLIENT_TRUSTSTORE_FILE", "ssl.trustStore.location"},
    {"ZOO_TLS_CLIENT_TRUSTSTORE_TYPE", "ssl.trustStore.type"},
    {"ZOO_TLS_CLIENT_TRUSTSTORE_PASSWORD", "ssl.trustStore.password"},
    {"ZOO_TLS_CLIENT_AUTH", "ssl.clientAuth"},
    {"ZOO_TLS_QUORUM_ENABLE", "sslQuorum"},
    {"ZOO_TLS_QUORUM_KEYSTORE_FILE", "ssl.quorum.keyStore.location"},
    {"ZOO_TLS_QUORUM_KEYSTORE_TYPE", "ssl.quorum.keyStore.type"},
    {"ZOO_TLS_QUORUM_KEYSTORE_PASSWORD", "ssl.quorum.keyStore.password"},
    {"ZOO_TLS_QUORUM_TRUSTSTORE_FILE", "ssl.quorum.trustStore.location"},
    {"ZOO_TLS_QUORUM_TRUSTSTORE_TYPE", "ssl.quorum.trustStore.type"},
    {"ZOO_TLS_QUORUM_TRUSTSTORE_PASSWORD", "ssl.quorum.trustStore.password"},
    {"ZOO_TLS_QUORUM_CLIENT_AUTH", "ssl.quorum.clientAuth"},
};

/// Variables that mean something to Java or to the images' scripts, and nothing here.
constexpr std::string_view kWithoutEffect[] = {
    "ZOO_HEAP_SIZE",
    "ZK_SERVER_HEAP",
    "ZOO_LOG_DIR",
    "ZOO_LOG4J_PROP",
    "ZOO_SERVER_USERS",
    "ZOO_SERVER_PASSWORDS",
    "ZOO_QUORUM_LEARNER_USER",
    "ZOO_QUORUM_LEARNER_PASSWORD",
    "ZOO_QUORUM_SERVER_USERS",
    "ZOO_QUORUM_SERVER_PASSWORDS",
    "JMXDISABLE",
    "JMXLOCALONLY",
    "JMXPORT",
};

/// Variables that are read elsewhere: of other sources, or one by one below.
constexpr std::string_view kOthers[] = {
    "ZOO_CFG_EXTRA",
    "ZOO_CONF_DIR",
    "ZOO_DATADIR_AUTOCREATE_DISABLE",
    "ZOO_ENABLE_AUTH",
    "ZOO_ENABLE_PROMETHEUS_METRICS",
    "ZOO_ENABLE_QUORUM_AUTH",
    "ZOO_MY_ID",
    "ZOO_MY_ID_BASE",
    "ZOO_SERVERS",
    "ZOO_SERVER_ID",
    "ZOO_TLS_CLIENT_ENABLE",
    "ZOO_TLS_PORT_NUMBER",
};

constexpr std::string_view kSaslProvider =
    "org.apache.zookeeper.server.auth.SASLAuthenticationProvider";
constexpr std::string_view kPrometheusProvider =
    "org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider";
constexpr std::string_view kSpace = " \t\r\n";

std::vector<std::string_view> known_variables() {
  std::vector<std::string_view> names(std::begin(kOthers), std::end(kOthers));
  names.insert(names.end(), std::begin(kWithoutEffect), std::end(kWithoutEffect));
  for (const Variable& variable : kVariables) names.push_back(variable.name);
  return names;
}

/// "3" of "zoo-2": the id of a StatefulSet's pod, by its name, where the first one's is `base`.
/// Nothing if `text` is no such name.
std::optional<std::string> id_of_pod(std::string_view text, std::int64_t base) {
  const std::size_t dash = text.rfind('-');
  if (dash == std::string_view::npos || dash == 0) return std::nullopt;
  const std::string_view ordinal = text.substr(dash + 1);
  const bool is_number =
      !ordinal.empty() && ordinal.find_first_not_of("0123456789") == std::string_view::npos;
  const auto number = is_number ? parse_integer(ordinal) : std::nullopt;
  if (!number) return std::nullopt;
  return fmt::format("{}", *number + base);
}

/// The known variable that `name` is a misspelling of; empty if it is one, or like none.
std::string_view meant_by(std::string_view name) {
  constexpr std::size_t kMisspelt = 2;
  std::string_view best;
  std::size_t best_distance = kMisspelt + 1;
  for (const std::string_view known : known_variables()) {
    if (name == known) return {};
    const auto [shorter, longer] = std::minmax({name.size(), known.size()});
    if (longer - shorter >= best_distance) continue;
    const std::size_t distance = edit_distance(name, known);
    if (distance >= best_distance) continue;
    best = known;
    best_distance = distance;
  }
  return best;
}

class Reader {
 public:
  Reader(const Environment& environment, const ReadFile& read_file)
      : environment_(environment), read_file_(read_file) {}

  EnvironmentText run() {
    for (const Variable& variable : kVariables) {
      const std::string value = get(variable.name);
      if (!value.empty()) add(variable.key, value, variable.name);
    }
    add_client_tls();
    add_authentication();
    if (is_on("ZOO_ENABLE_PROMETHEUS_METRICS")) {
      add("metricsProvider.className", kPrometheusProvider, "ZOO_ENABLE_PROMETHEUS_METRICS");
    }
    if (!get("ZOO_DATADIR_AUTOCREATE_DISABLE").empty()) {
      add("datadir.autocreate", "false", "ZOO_DATADIR_AUTOCREATE_DISABLE");
    }
    add_servers();
    add_named_keys();
    const std::string extra = get("ZOO_CFG_EXTRA");
    for (const std::string_view entry : words(extra, kSpace)) {
      add_assignment(entry, "ZOO_CFG_EXTRA");
    }
    set_server_id();
    for (const std::string_view name : kWithoutEffect) {
      if (!get(name).empty()) result_.notes.push_back(fmt::format("{} has no effect", name));
    }
    note_misspelt();
    return std::move(result_);
  }

 private:
  /// The variable, or the content of the file that `<name>_FILE` names; empty if neither is set.
  std::string get(std::string_view name) {
    const auto found = environment_.find(name);
    if (found != environment_.end()) return std::string(trimmed(found->second));
    const auto file = environment_.find(fmt::format("{}_FILE", name));
    if (file == environment_.end() || file->second.empty()) return {};
    const auto content = read_file_(file->second);
    if (content && *content) return std::string(trimmed(**content));
    result_.errors.push_back(
        fmt::format("{}_FILE={}: {}",
                    name,
                    file->second,
                    content ? std::string("there is no such file") : content.error().message));
    return {};
  }

  bool is_on(std::string_view name) {
    const std::string value = lower(get(name));
    return value == "yes" || value == "true" || value == "1";
  }

  void add(std::string_view key, std::string_view value, std::string_view origin) {
    result_.settings.push_back(
        {std::string(key), std::string(value), Layer::Environment, std::string(origin)});
  }

  void add_assignment(std::string_view entry, std::string_view origin) {
    const std::size_t equals = entry.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      result_.errors.push_back(fmt::format("{}: '{}' is not key=value", origin, entry));
      return;
    }
    add(trimmed(entry.substr(0, equals)), trimmed(entry.substr(equals + 1)), origin);
  }

  void add_client_tls() {
    if (!is_on("ZOO_TLS_CLIENT_ENABLE")) return;
    const std::string port = get("ZOO_TLS_PORT_NUMBER");
    add("secureClientPort", port.empty() ? "3181" : port, "ZOO_TLS_CLIENT_ENABLE");
    // Bitnami's image has one client port, which is then the secure one.
    std::erase_if(result_.settings,
                  [](const Setting& setting) { return setting.key == "clientPort"; });
  }

  void add_authentication() {
    if (is_on("ZOO_ENABLE_AUTH")) {
      add("authProvider.1", kSaslProvider, "ZOO_ENABLE_AUTH");
      add("sessionRequireClientSASLAuth", "true", "ZOO_ENABLE_AUTH");
    }
    if (is_on("ZOO_ENABLE_QUORUM_AUTH")) {
      for (const std::string_view key : {"quorum.auth.enableSasl",
                                         "quorum.auth.learnerRequireSasl",
                                         "quorum.auth.serverRequireSasl"}) {
        add(key, "true", "ZOO_ENABLE_QUORUM_AUTH");
      }
    }
  }

  /// The official image takes "server.1=host:2888:3888;2181 server.2=...", Bitnami's takes
  /// "host:2888:3888::1,host:2888:3888::2" or the same without ids.
  void add_servers() {
    const std::string value = get("ZOO_SERVERS");
    if (value.find('=') != std::string::npos) {
      for (const std::string_view entry : words(value, kSpace))
        add_assignment(entry, "ZOO_SERVERS");
      return;
    }
    const auto servers = words(value, ",; \t\r\n");
    // Bitnami's image runs standalone when there is only one.
    if (servers.size() < 2) return;
    const std::string port = get("ZOO_PORT_NUMBER");
    for (std::size_t index = 0; index < servers.size(); ++index) {
      const std::size_t id = servers[index].rfind("::");
      const bool has_id = id != std::string_view::npos;
      add(has_id ? fmt::format("server.{}", servers[index].substr(id + 2))
                 : fmt::format("server.{}", index + 1),
          fmt::format("{};{}", servers[index].substr(0, id), port.empty() ? "2181" : port),
          "ZOO_SERVERS");
    }
  }

  /// Bitnami's ZOO_CFG_<key with _ for .>.
  void add_named_keys() {
    constexpr std::string_view kPrefix = "ZOO_CFG_";
    for (const auto& [name, value] : environment_) {
      if (!name.starts_with(kPrefix) || name == "ZOO_CFG_EXTRA") continue;
      std::string key = name.substr(kPrefix.size());
      // Keys that themselves have underscores are found as they are.
      if (find_key(key).key == nullptr) std::ranges::replace(key, '_', '.');
      add(key, trimmed(value), name);
    }
  }

  /// Only names that are nearly right: in Kubernetes a service "zoo" makes many that begin so.
  void note_misspelt() {
    for (const auto& [name, value] : environment_) {
      std::string_view stem = name;
      if (!stem.starts_with("ZOO_") || stem.starts_with("ZOO_CFG_")) continue;
      if (stem.ends_with("_FILE") && meant_by(stem).empty()) stem.remove_suffix(5);
      const std::string_view meant = meant_by(stem);
      if (meant.empty()) continue;
      result_.notes.push_back(fmt::format(
          "{} is not a known variable and has no effect; did you mean {}?", name, meant));
    }
  }

  void set_server_id() {
    const std::string given = get("ZOO_MY_ID_BASE");
    const auto base = given.empty() ? std::optional<std::int64_t>(1) : parse_integer(given);
    for (const std::string_view name : {"ZOO_MY_ID", "ZOO_SERVER_ID"}) {
      if (const std::string value = get(name); !value.empty()) {
        // With a base that is no number the name stays, which is no id and said to be none.
        result_.server_id = base ? id_of_pod(value, *base).value_or(value) : value;
      }
    }
  }

  const Environment& environment_;
  const ReadFile& read_file_;
  EnvironmentText result_;
};

}  // namespace

EnvironmentText settings_of_environment(const Environment& environment, const ReadFile& read_file) {
  return Reader(environment, read_file).run();
}

}  // namespace paddock::config
