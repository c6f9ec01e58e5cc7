// SPDX-License-Identifier: Apache-2.0
//
// Lines and argument lists as people type them, made into what parsing takes. Pure.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace paddock::cli {

/// Splits a line at blanks. A word that starts with a quote ends with the same quote and may hold
/// blanks; quotes elsewhere are ordinary characters. Error: a quote that is not closed.
[[nodiscard]] Result<std::vector<std::string>> split_line(View line);

/// ZooKeeper's shell spells some long options with one dash: its own ones before the command
/// ("-server", "-timeout" in milliseconds, "-r", "-waitforconnection"), and those of reconfig.
[[nodiscard]] std::vector<std::string> with_two_dashes(std::span<const std::string> arguments);

/// Where the command stands in arguments that may begin with the program's options; their number if
/// there is none.
[[nodiscard]] std::size_t find_command(std::span<const std::string> arguments);

}  // namespace paddock::cli
