// SPDX-License-Identifier: Apache-2.0
//
// The `paddock` command: parses the command line, then runs one command or the interactive shell.
// Main thread.
#pragma once

#include <span>
#include <string_view>

namespace paddock::cli {

/// A part of the program that parses its own arguments: `paddock <name> …`. main() lists them.
struct Subcommand {
  std::string_view name;
  std::string_view summary;
  /// argv[0] is the name. Returns the exit code.
  int (*run)(int argc, const char* const* argv);
};

/// Returns the exit code.
[[nodiscard]] int run(int argc, const char* const* argv, std::span<const Subcommand> subcommands);

}  // namespace paddock::cli
