// SPDX-License-Identifier: Apache-2.0
//
// The settings in force as names and values, for whoever has to compare them: what a reload would
// change, and what needs a restart. Secrets are hidden, so that they count for nothing. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/server_config.h"

namespace paddock::config {

using Settings = std::vector<std::pair<std::string, std::string>>;

/// In the order of the key table; those that are not set and have no default are left out.
[[nodiscard]] Settings effective_settings(const ServerConfig& config);

/// Whether a setting is put in force by reading the configuration again.
[[nodiscard]] bool is_reloadable(std::string_view name);

struct SettingHashes {
  std::string reload;
  std::string restart;
};
[[nodiscard]] SettingHashes hashes_of(const ServerConfig& config);

/// The names of those that differ and need a restart.
[[nodiscard]] std::vector<std::string> restart_needed_for(const ServerConfig& in_force,
                                                          const ServerConfig& wanted);

}  // namespace paddock::config
