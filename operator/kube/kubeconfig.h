// SPDX-License-Identifier: Apache-2.0
//
// Kubeconfig files: which clusters there are, who we are to them, and which of both is meant. Pure;
// files that they name are read by somebody else. Source: client-go, clientcmd/api/v1.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "kube/server_url.h"

namespace paddock::kube {

/// Bytes, or the file that has them; the bytes win. Neither: there is none.
struct FileOrBytes {
  std::string file{};
  std::string bytes{};

  [[nodiscard]] bool is_empty() const { return file.empty() && bytes.empty(); }
  friend bool operator==(const FileOrBytes&, const FileOrBytes&) = default;
};

/// A program that prints credentials.
struct ExecPlugin {
  std::string api_version{};
  std::string command{};
  std::vector<std::string> args{};
  std::vector<std::pair<std::string, std::string>> env{};
  std::string install_hint{};
  bool wants_cluster = false;  // to be told which one

  friend bool operator==(const ExecPlugin&, const ExecPlugin&) = default;
};

struct Cluster {
  std::string server{};
  std::string tls_server_name{};  // as in its certificate, if it is not the host
  bool skips_verification = false;
  FileOrBytes authority{};
  std::string proxy_url{};
};

struct User {
  FileOrBytes certificate{};
  FileOrBytes key{};
  std::string token{};
  std::string token_file{};  // wins over `token`
  std::string username{};
  std::string password{};
  std::optional<ExecPlugin> exec{};
  std::string as{};  // whom to stand for
  std::vector<std::string> as_groups{};
  bool has_auth_provider = false;
};

struct Context {
  std::string cluster{};
  std::string user{};
  std::string ns{};
};

struct Kubeconfig {
  std::string current_context{};
  std::map<std::string, Cluster> clusters{};
  std::map<std::string, User> users{};
  std::map<std::string, Context> contexts{};
};

/// All that it takes to talk to one cluster.
struct ClusterAccess {
  ServerUrl url{};
  std::string tls_server_name{};
  bool skips_verification = false;
  FileOrBytes authority{};  // none: those that the system trusts
  User user{};
  std::string ns{};  // to be used where none is said
};

/// Relative names of files are relative to `directory`. *Errors*: what is wrong with it.
[[nodiscard]] Result<Kubeconfig> parse_kubeconfig(View yaml, std::string_view directory);

/// Adds what `into` does not have yet.
void merge(Kubeconfig& into, Kubeconfig more);

/// `context` empty: the current one. *Errors*: what is missing or not supported.
[[nodiscard]] Result<ClusterAccess> access_of(const Kubeconfig& config, std::string_view context);

/// The way of a pod: the service of the API server, and the files of its service account.
[[nodiscard]] ClusterAccess in_cluster_access(std::string_view host,
                                              std::uint16_t port,
                                              std::string_view directory,
                                              std::string_view ns);

}  // namespace paddock::kube
