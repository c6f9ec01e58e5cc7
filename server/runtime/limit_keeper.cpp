// SPDX-License-Identifier: Apache-2.0
#include "runtime/limit_keeper.h"

namespace paddock::runtime {

std::vector<shard::LimitRule> limit_rules(const config::ClientLimitMap& limits) {
  std::vector<shard::LimitRule> rules;
  for (const auto& [name, limit] : limits) {
    rules.push_back({.name = name,
                     .scheme = limit.scheme,
                     .pattern = limit.pattern,
                     .requests_per_second = limit.requests_per_second,
                     .bytes_per_second = limit.bytes_per_second,
                     .connections = limit.connections,
                     .watches = limit.watches,
                     .sessions = limit.sessions,
                     .ephemerals = limit.ephemerals});
  }
  return rules;
}

}  // namespace paddock::runtime
