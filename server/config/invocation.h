// SPDX-License-Identifier: Apache-2.0
//
// The command line of paddock-server: which configuration file, which overrides, what to do. Takes
// what ZooKeeper's start scripts pass on too. A pure function of the arguments and the environment.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "config/sources.h"

namespace paddock::config {

enum class Action : std::uint8_t {
  Run,
  CheckConfig,
  PrintConfigReference,
  ShowHelp,
  ShowVersion,
};

struct Invocation {
  Action action = Action::Run;
  /// Empty: there is no file, all settings come from elsewhere.
  std::string file;
  /// The file was named on the command line; otherwise it may be missing.
  bool file_is_required = false;
  std::vector<Setting> overrides;
};

/// Reads `[options] [zoo.cfg] [key=value ...]`, or `<clientPort> <dataDir> [tickTime]
/// [maxClientCnxns]` as ZooKeeper's main class takes them. Without a file, ZOOCFGDIR (or
/// ZOO_CONF_DIR) and ZOOCFG name one. Errors: what is wrong with the arguments.
[[nodiscard]] Result<Invocation> parse_invocation(std::span<const std::string_view> arguments,
                                                  const Environment& environment);

/// What --help prints.
[[nodiscard]] std::string_view usage();

}  // namespace paddock::config
