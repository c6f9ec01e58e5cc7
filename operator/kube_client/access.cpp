// SPDX-License-Identifier: Apache-2.0
#include "kube_client/access.h"

#include <cstdlib>
#include <vector>

#include <unistd.h>

#include "base/number_text.h"
#include "net/read_file.h"

namespace paddock::kube {

namespace {

std::string environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::vector<std::string> split(std::string_view files) {
  std::vector<std::string> names;
  while (!files.empty()) {
    const std::size_t end = std::min(files.find(':'), files.size());
    if (end > 0) names.emplace_back(files.substr(0, end));
    files.remove_prefix(std::min(end + 1, files.size()));
  }
  return names;
}

std::string directory_of(const std::string& file) {
  const std::size_t slash = file.rfind('/');
  return slash == std::string::npos ? "." : file.substr(0, slash);
}

Result<> add_file(Kubeconfig& into, const std::string& file) {
  const auto text = net::read_file(file);
  PADDOCK_TRY(text);
  auto config = parse_kubeconfig(*text, directory_of(file));
  if (!config) return std::unexpected(std::move(config.error()).within(file));
  merge(into, *std::move(config));
  return {};
}

}  // namespace

Result<ClusterAccess> load_kubeconfig(std::string_view files, std::string_view context) {
  Kubeconfig config;
  bool has_any = false;
  for (const std::string& file : split(files)) {
    if (::access(file.c_str(), F_OK) != 0) continue;
    PADDOCK_TRY(add_file(config, file));
    has_any = true;
  }
  if (!has_any) return fail("there is no kubeconfig at " + std::string(files));
  auto access = access_of(config, context);
  if (!access) return std::unexpected(std::move(access.error()).within(files));
  return access;
}

Result<ClusterAccess> load_in_cluster(std::string_view host,
                                      std::string_view port,
                                      const std::string& directory) {
  const std::uint16_t number = parse_number<std::uint16_t>(port).value_or(0);
  if (host.empty() || number == 0) {
    return fail(
        "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT do not say where the API server is");
  }
  auto ns = net::read_file(directory + "/namespace");
  PADDOCK_TRY(ns);
  ns->resize(std::min(ns->find_last_not_of(" \r\n") + 1, ns->size()));
  return in_cluster_access(host, number, directory, *ns);
}

Result<ClusterAccess> load_access(std::string_view kubeconfig, std::string_view context) {
  if (!kubeconfig.empty()) return load_kubeconfig(kubeconfig, context);
  const std::string named = environment("KUBECONFIG");
  if (!named.empty()) return load_kubeconfig(named, context);
  const std::string host = environment("KUBERNETES_SERVICE_HOST");
  if (!host.empty()) {
    return load_in_cluster(host,
                           environment("KUBERNETES_SERVICE_PORT"),
                           "/var/run/secrets/kubernetes.io/serviceaccount");
  }
  return load_kubeconfig(environment("HOME") + "/.kube/config", context);
}

}  // namespace paddock::kube
