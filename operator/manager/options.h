// SPDX-License-Identifier: Apache-2.0
//
// The flags of paddock-operator. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace paddock::manager {

struct Options {
  /// None: all namespaces.
  std::vector<std::string> namespaces{};
  std::string kubeconfig{};
  std::string context{};
  /// Of metrics and probes; port 0: none.
  std::string listen_host{};
  std::uint16_t listen_port = 8081;
  bool elects_leader = true;
  std::string lease_name = "paddock-operator";
  /// Empty: the namespace that the operator runs in.
  std::string lease_namespace{};
  std::string log_level = "info";
  std::string log_format = "json";
  /// Of Services: only its name is used.
  std::string cluster_domain = "cluster.local";
  bool shows_help = false;
  bool shows_version = false;
};

extern const std::string_view kUsage;

/// *Errors*: which flag is wrong and what to write.
[[nodiscard]] Result<Options> parse_options(std::span<const std::string_view> words);

}  // namespace paddock::manager
