// SPDX-License-Identifier: Apache-2.0
//
// A command of the shell and of the command line: its name, what help says, and a function that
// declares its arguments and returns what to do once they are parsed. The list of all
// commands is all_commands(); a new command is a new line in one of the command files.
#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "arguments/arguments.h"
#include "client_cli/context.h"

namespace paddock::cli {

using Action = std::function<Outcome(Context&)>;

enum class Needs {
  Connection,
  Nothing
};

struct Command {
  std::string_view name;
  /// Arguments in one line, as `help` lists them.
  std::string_view usage;
  std::string_view summary;
  Needs needs = Needs::Connection;
  Action (*define)(arguments::App& app);
};

[[nodiscard]] std::vector<Command> all_commands();

/// A word after the path is the old form of -w. A script that gives one is more likely mistaken,
/// and would wait for an event that never comes.
[[nodiscard]] Outcome check_old_watch(Context& context, const std::optional<std::string>& word);

// One for each file of commands.
[[nodiscard]] std::span<const Command> node_commands();
[[nodiscard]] std::span<const Command> tree_commands();
[[nodiscard]] std::span<const Command> acl_commands();
[[nodiscard]] std::span<const Command> quota_commands();
[[nodiscard]] std::span<const Command> watch_commands();
[[nodiscard]] std::span<const Command> ensemble_commands();

}  // namespace paddock::cli
