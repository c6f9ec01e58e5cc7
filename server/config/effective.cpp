// SPDX-License-Identifier: Apache-2.0
#include "config/effective.h"

#include <map>

#include <fmt/format.h>

#include "base/hash.h"
#include "config/key_table.h"
#include "config/limit_change.h"
#include "config/membership.h"

namespace paddock::config {

namespace {

bool is_listed(const ServerConfig& config, const Key& key) {
  if (key.takes_suffix() || key.field.show == nullptr) return false;
  return key.support == Support::Honoured ||
         (key.support == Support::InEnsemble && !config.is_standalone());
}

void add_limits(const ClientLimitMap& limits, Settings& settings) {
  for (const auto& [name, limit] : limits) {
    const auto add = [&](std::string_view what, const std::string& value) {
      settings.emplace_back(fmt::format("paddock.limit.{}.{}", name, what), value);
    };
    const auto add_number = [&](std::string_view what, std::int64_t value) {
      if (value > 0) add(what, std::to_string(value));
    };
    add("match", match_text(limit));
    add_number("requestsPerSecond", limit.requests_per_second);
    add_number("bytesPerSecond", limit.bytes_per_second);
    add_number("connections", limit.connections);
    add_number("watches", limit.watches);
    add_number("sessions", limit.sessions);
    add_number("ephemerals", limit.ephemerals);
  }
}

void add_members(const EnsembleConfig& ensemble, Settings& settings) {
  for (const auto& [id, member] : ensemble.members) {
    settings.emplace_back(fmt::format("server.{}", raw(id)), to_string(member));
  }
}

}  // namespace

Settings effective_settings(const ServerConfig& config) {
  Settings settings;
  for (const KeySection& section : key_sections()) {
    for (const Key& key : section.keys) {
      if (!is_listed(config, key)) continue;
      std::string value = key.field.show(config);
      if (!value.empty()) settings.emplace_back(std::string(key.name), std::move(value));
    }
  }
  add_members(config.ensemble, settings);
  add_limits(config.limits.clients, settings);
  return settings;
}

bool is_reloadable(std::string_view name) {
  return name.starts_with("paddock.limit.") || name == "paddock.configurationLabel";
}

SettingHashes hashes_of(const ServerConfig& config) {
  std::string reload;
  std::string restart;
  for (const auto& [name, value] : effective_settings(config)) {
    (is_reloadable(name) ? reload : restart) += name + "=" + value + "\n";
  }
  return {.reload = fmt::format("{:016x}", hash64(reload)),
          .restart = fmt::format("{:016x}", hash64(restart))};
}

std::vector<std::string> restart_needed_for(const ServerConfig& in_force,
                                            const ServerConfig& wanted) {
  std::map<std::string, std::string> differing;
  for (const auto& [name, value] : effective_settings(in_force)) differing[name] = value;
  std::vector<std::string> names;
  for (const auto& [name, value] : effective_settings(wanted)) {
    const auto before = differing.find(name);
    const bool is_same = before != differing.end() && before->second == value;
    if (before != differing.end()) differing.erase(before);
    if (!is_same && !is_reloadable(name)) names.push_back(name);
  }
  for (const auto& [name, value] : differing) {
    if (!is_reloadable(name)) names.push_back(name);
  }
  return names;
}

}  // namespace paddock::config
