// SPDX-License-Identifier: Apache-2.0
#include "config/key_table.h"

#include <algorithm>
#include <array>

#include "config/text.h"

namespace paddock::config {
namespace {

constexpr std::string_view kPrefix = "zookeeper.";

constexpr KeyAlias kAliases[] = {
    {"connectionMaxTokens", "connection_throttle_tokens"},
    {"connectionTokenFillTime", "connection_throttle_fill_time"},
    {"connectionTokenFillCount", "connection_throttle_fill_count"},
    {"connectionFreezeTime", "connection_throttle_freeze_time"},
    {"connectionDropIncrease", "connection_throttle_drop_increase"},
    {"connectionDropDecrease", "connection_throttle_drop_decrease"},
    {"connectionDecreaseRatio", "connection_throttle_decrease_ratio"},
    {"requestThrottleLimit", "request_throttle_max_requests"},
    {"requestThrottleStallTime", "request_throttle_stall_time"},
    {"requestThrottleDropStale", "request_throttle_drop_stale"},
    {"requestStaleLatencyCheck", "request_stale_latency_check"},
    {"requestStaleConnectionCheck", "request_stale_connection_check"},
    {"advancedFlowControlEnabled", "netty.advancedFlowControl.enabled"},
    {"throttledOpWaitTime", "throttled_op_wait_time"},
    {"outstandingHandshake.limit", "netty.server.outstandingHandshake.limit"},
    {"observer.syncEnabled", "syncEnabled"},
    {"leader.maxConcurrentSnapshots", "leader.maxConcurrentSnapSyncs"},
};

/// "server." of "server.N".
std::string_view stem(const Key& key) {
  return key.name.substr(0, key.name.size() - 1);
}

bool matches(const Key& key, std::string_view name) {
  if (!key.takes_suffix()) return key.name == name;
  return name.starts_with(stem(key)) && name.size() > stem(key).size();
}

const Key* find_exact(std::string_view name) {
  for (const KeySection& section : key_sections()) {
    for (const Key& key : section.keys) {
      if (matches(key, name)) return &key;
    }
  }
  return nullptr;
}

std::string_view resolve_alias(std::string_view name) {
  for (const KeyAlias& entry : kAliases) {
    if (entry.alias == name) return entry.name;
  }
  return name;
}

}  // namespace

std::span<const KeySection> key_sections() {
  static const std::array kSections{
      KeySection{"Clients, sessions and what the tree can do", general_keys()},
      KeySection{"Storage", storage_keys()},
      KeySection{"Limits and throttling", limit_keys()},
      KeySection{"Authentication and access", security_keys()},
      KeySection{"TLS", tls_keys()},
      KeySection{"Admin server and metrics", admin_keys()},
      KeySection{"Audit log", audit_keys()},
      KeySection{"Ensemble", ensemble_keys()},
      KeySection{"Paddock's own", own_keys()},
  };
  return kSections;
}

std::span<const KeyAlias> key_aliases() {
  return kAliases;
}

FoundKey find_key(std::string_view written) {
  std::string_view name = written;
  const Key* key = find_exact(name);
  if (key == nullptr) {
    if (name.starts_with(kPrefix)) name.remove_prefix(kPrefix.size());
    name = resolve_alias(name);
    key = find_exact(name);
  }
  FoundKey found{key, {}, std::string(name)};
  if (key != nullptr && key->takes_suffix()) found.suffix = name.substr(stem(*key).size());
  return found;
}

std::string_view similar_key(std::string_view name) {
  constexpr std::size_t kLongest = 60;
  if (name.size() > kLongest) return {};
  std::string_view best;
  // A third of the letters may differ, and never more than three: shorter names would match
  // anything.
  std::size_t best_distance = std::min<std::size_t>(name.size() / 3, 3) + 1;
  for (const KeySection& section : key_sections()) {
    for (const Key& key : section.keys) {
      const auto [shorter, longer] = std::minmax({name.size(), key.name.size()});
      if (longer - shorter >= best_distance) continue;
      const std::size_t distance = edit_distance(lower(name), lower(key.name));
      if (distance >= best_distance) continue;
      best = key.name;
      best_distance = distance;
    }
  }
  return best;
}

bool is_secret_name(std::string_view name) {
  const FoundKey found = find_key(name);
  if (found.key != nullptr) return found.key->field.secret;
  const std::string text = lower(name);
  return std::ranges::any_of(
      std::array<std::string_view, 4>{"password", "passwd", "secret", "superdigest"},
      [&](std::string_view part) { return text.find(part) != std::string::npos; });
}

}  // namespace paddock::config
