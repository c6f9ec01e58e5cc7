// SPDX-License-Identifier: Apache-2.0
#include "kube/kubeconfig.h"

#include <yaml-cpp/binary.h>
#include <yaml-cpp/yaml.h>

namespace paddock::kube {

namespace {

std::string text_of(const YAML::Node& node, const char* name) {
  const YAML::Node member = node[name];
  return member.IsDefined() && member.IsScalar() ? member.Scalar() : std::string();
}

bool flag_of(const YAML::Node& node, const char* name) {
  return text_of(node, name) == "true";
}

std::vector<std::string> texts_of(const YAML::Node& node) {
  std::vector<std::string> texts;
  if (!node.IsDefined() || !node.IsSequence()) return texts;
  for (const YAML::Node& item : node) {
    if (item.IsScalar()) texts.push_back(item.Scalar());
  }
  return texts;
}

/// A command without a slash is looked for by the PATH.
std::string command_path(std::string command, std::string_view directory) {
  const bool is_relative = command.find('/') != std::string::npos && command.front() != '/';
  return is_relative ? std::string(directory) + "/" + command : command;
}

class Reader {
 public:
  explicit Reader(std::string_view directory) : directory_(directory) {}

  Result<Kubeconfig> read(const YAML::Node& root) const {
    if (!root.IsMap()) return fail("it is no map");
    Kubeconfig config{.current_context = text_of(root, "current-context")};
    PADDOCK_TRY(read_each(
        root, "clusters", "cluster", [&](const std::string& name, const auto& node) -> Result<> {
          auto cluster = cluster_of(node);
          PADDOCK_TRY(cluster);
          config.clusters.emplace(name, *std::move(cluster));
          return {};
        }));
    PADDOCK_TRY(read_each(
        root, "users", "user", [&](const std::string& name, const auto& node) -> Result<> {
          auto user = user_of(node);
          PADDOCK_TRY(user);
          config.users.emplace(name, *std::move(user));
          return {};
        }));
    PADDOCK_TRY(read_each(
        root, "contexts", "context", [&](const std::string& name, const auto& node) -> Result<> {
          config.contexts.emplace(
              name,
              Context{text_of(node, "cluster"), text_of(node, "user"), text_of(node, "namespace")});
          return {};
        }));
    return config;
  }

 private:
  /// Calls `take` with each of the named entries of a list.
  template <class Take>
  static Result<> read_each(const YAML::Node& root, const char* list, const char* what, Take take) {
    const YAML::Node entries = root[list];
    if (!entries.IsDefined() || !entries.IsSequence()) return {};
    for (const YAML::Node& entry : entries) {
      if (!entry.IsMap()) return fail(std::string("an entry of ") + list + " is no map");
      const std::string name = text_of(entry, "name");
      const YAML::Node body = entry[what];
      // Without a body: a user without credentials.
      auto taken =
          take(name, body.IsDefined() && body.IsMap() ? body : YAML::Node(YAML::NodeType::Map));
      if (!taken) return std::unexpected(std::move(taken.error()).within(what + (" " + name)));
    }
    return {};
  }

  Result<FileOrBytes> file_or_bytes(const YAML::Node& node, const char* name) const {
    FileOrBytes found{.file = file_path(text_of(node, name))};
    const std::string data_name = std::string(name) + "-data";
    const std::string data = text_of(node, data_name.c_str());
    if (data.empty()) return found;
    const std::vector<unsigned char> bytes = YAML::DecodeBase64(data);
    if (bytes.empty()) return fail(data_name + " is no base64");
    found.bytes.assign(bytes.begin(), bytes.end());
    return found;
  }

  Result<Cluster> cluster_of(const YAML::Node& node) const {
    auto authority = file_or_bytes(node, "certificate-authority");
    PADDOCK_TRY(authority);
    return Cluster{.server = text_of(node, "server"),
                   .tls_server_name = text_of(node, "tls-server-name"),
                   .skips_verification = flag_of(node, "insecure-skip-tls-verify"),
                   .authority = *std::move(authority),
                   .proxy_url = text_of(node, "proxy-url")};
  }

  Result<User> user_of(const YAML::Node& node) const {
    auto certificate = file_or_bytes(node, "client-certificate");
    PADDOCK_TRY(certificate);
    auto key = file_or_bytes(node, "client-key");
    PADDOCK_TRY(key);
    User user{.certificate = *std::move(certificate),
              .key = *std::move(key),
              .token = text_of(node, "token"),
              .token_file = file_path(text_of(node, "tokenFile")),
              .username = text_of(node, "username"),
              .password = text_of(node, "password"),
              .as = text_of(node, "as"),
              .as_groups = texts_of(node["as-groups"]),
              .has_auth_provider = node["auth-provider"].IsDefined()};
    const YAML::Node exec = node["exec"];
    if (exec.IsDefined() && exec.IsMap()) user.exec = exec_of(exec);
    return user;
  }

  ExecPlugin exec_of(const YAML::Node& node) const {
    ExecPlugin plugin{.api_version = text_of(node, "apiVersion"),
                      .command = command_path(text_of(node, "command"), directory_),
                      .args = texts_of(node["args"]),
                      .install_hint = text_of(node, "installHint"),
                      .wants_cluster = flag_of(node, "provideClusterInfo")};
    const YAML::Node env = node["env"];
    if (!env.IsDefined() || !env.IsSequence()) return plugin;
    for (const YAML::Node& entry : env) {
      if (entry.IsMap()) plugin.env.emplace_back(text_of(entry, "name"), text_of(entry, "value"));
    }
    return plugin;
  }

  std::string file_path(std::string name) const {
    if (name.empty() || name.front() == '/') return name;
    return std::string(directory_) + "/" + name;
  }

  std::string_view directory_;
};

Result<> check_exec(const ExecPlugin& plugin) {
  constexpr std::string_view kGroup = "client.authentication.k8s.io/";
  if (plugin.command.empty()) return fail("its exec names no command");
  if (plugin.api_version == std::string(kGroup) + "v1" ||
      plugin.api_version == std::string(kGroup) + "v1beta1") {
    return {};
  }
  return fail("its exec has the apiVersion \"" + plugin.api_version +
              "\"; known are v1 and v1beta1 of " + std::string(kGroup));
}

Result<> check_user(const User& user) {
  if (user.has_auth_provider) return fail("it has an auth-provider; use exec in place of it");
  if (user.certificate.is_empty() != user.key.is_empty()) {
    return fail("it has only one of client-certificate and client-key");
  }
  return user.exec ? check_exec(*user.exec) : Result<>();
}

Result<> check_cluster(const Cluster& cluster) {
  if (cluster.server.empty()) return fail("it has no server");
  if (!cluster.proxy_url.empty()) return fail("it has a proxy-url, which is not supported");
  if (cluster.skips_verification && !cluster.authority.is_empty()) {
    return fail("it has both insecure-skip-tls-verify and a certificate-authority");
  }
  return {};
}

template <class Thing>
const Thing* find_in(const std::map<std::string, Thing>& things, const std::string& name) {
  const auto found = things.find(name);
  return found == things.end() ? nullptr : &found->second;
}

}  // namespace

Result<Kubeconfig> parse_kubeconfig(View yaml, std::string_view directory) {
  try {
    return Reader(directory).read(YAML::Load(std::string(yaml)));
  } catch (const YAML::Exception& error) {
    return fail(std::string("it is no YAML: ") + error.what());
  }
}

void merge(Kubeconfig& into, Kubeconfig more) {
  if (into.current_context.empty()) into.current_context = std::move(more.current_context);
  into.clusters.merge(more.clusters);
  into.users.merge(more.users);
  into.contexts.merge(more.contexts);
}

Result<ClusterAccess> access_of(const Kubeconfig& config, std::string_view context) {
  const std::string name(context.empty() ? config.current_context : context);
  if (name.empty()) return fail("the kubeconfig has no current-context");
  const Context* const chosen = find_in(config.contexts, name);
  if (chosen == nullptr) return fail("the kubeconfig has no context \"" + name + "\"");
  const Cluster* const cluster = find_in(config.clusters, chosen->cluster);
  if (cluster == nullptr) return fail("the kubeconfig has no cluster \"" + chosen->cluster + "\"");
  const User* const user = find_in(config.users, chosen->user);
  if (user == nullptr && !chosen->user.empty()) {
    return fail("the kubeconfig has no user \"" + chosen->user + "\"");
  }
  ClusterAccess access{.tls_server_name = cluster->tls_server_name,
                       .skips_verification = cluster->skips_verification,
                       .authority = cluster->authority,
                       .user = user == nullptr ? User() : *user,
                       .ns = chosen->ns.empty() ? "default" : chosen->ns};
  if (auto good = check_cluster(*cluster); !good) {
    return std::unexpected(std::move(good.error()).within("cluster " + chosen->cluster));
  }
  if (auto good = check_user(access.user); !good) {
    return std::unexpected(std::move(good.error()).within("user " + chosen->user));
  }
  auto url = parse_server_url(cluster->server);
  if (!url)
    return std::unexpected(std::move(url.error()).within("server of cluster " + chosen->cluster));
  access.url = *std::move(url);
  return access;
}

ClusterAccess in_cluster_access(std::string_view host,
                                std::uint16_t port,
                                std::string_view directory,
                                std::string_view ns) {
  const std::string folder(directory);
  return {.url = {.is_secure = true, .host = std::string(host), .port = port},
          .authority = {.file = folder + "/ca.crt"},
          .user = {.token_file = folder + "/token"},
          .ns = std::string(ns)};
}

}  // namespace paddock::kube
