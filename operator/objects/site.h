// SPDX-License-Identifier: Apache-2.0
//
// What objects are built from besides the action that asks for them: whose they are, what is wanted
// and what the cluster offers. A value.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "api/ensemble_spec.h"
#include "base/ids.h"
#include "base/time.h"

namespace paddock::objects {

/// By discovery.
struct ClusterFacts {
  std::string domain = "cluster.local";
  /// "policy/v1beta1" of servers before 1.21.
  std::string budget_api = "policy/v1";
  bool has_pod_monitors = false;
  bool has_service_monitors = false;
};

struct Site {
  std::string ns = {};
  std::string ensemble = {};
  std::string uid = {};
  api::EnsembleSpec spec = {};  // valid, with defaults
  api::Wishes wishes = {};
  ClusterFacts cluster = {};
  /// Whom a new server asks: the voters of the configuration in force; before the ensemble has
  /// begun those that it begins with.
  std::set<ServerId> voters = {};
  /// "name:digest" of the operator's Secret; only without TLS between servers.
  std::string operator_digest = {};
  WallTime now = {};
};

constexpr std::int32_t kClientPort = 2181;
constexpr std::int32_t kSecureClientPort = 2281;
constexpr std::int32_t kQuorumPort = 2888;
constexpr std::int32_t kElectionPort = 3888;
constexpr std::int32_t kAdminPort = 8080;

/// Where a voter is reached by other servers and by the operator: "main-v1-0.main-members.ns.svc".
[[nodiscard]] std::string host_of(const Site& site, ServerId id);
[[nodiscard]] std::string observer_host(const Site& site, std::int32_t ordinal);
/// "server.1=host:2888:3888:participant;2181", as reconfigurations take it.
[[nodiscard]] std::string member_line(const Site& site, ServerId id);
/// host:port for clients; the one with TLS if there is one.
[[nodiscard]] std::string client_endpoint(const Site& site);
/// "https" or "http".
[[nodiscard]] std::string_view admin_scheme(const api::EnsembleSpec& spec);
/// Whom the servers take the operator for by its certificate: "CN=paddock-operator,O=ns/name".
[[nodiscard]] std::string operator_subject(const Site& site);

}  // namespace paddock::objects
