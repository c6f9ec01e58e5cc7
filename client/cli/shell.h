// SPDX-License-Identifier: Apache-2.0
//
// The interactive shell: reads lines, runs the commands that the command line knows too, and those
// that only make sense in a shell (help, history, redo, connect, close, printwatches, quit). Main
// thread. Source: ZooKeeper ZooKeeperMain.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "client_cli/command.h"
#include "client_cli/context.h"
#include "client_cli/line_source.h"

namespace paddock::cli {

class Shell {
 public:
  Shell(Context& context, std::vector<Command> commands);

  /// Reads lines until `quit` or the end. Returns the exit code of the last command, as ZooKeeper's
  /// does.
  [[nodiscard]] ExitCode run(LineSource& lines);

  /// What a LineSource needs of this shell.
  [[nodiscard]] LineCallbacks callbacks();

  /// Runs one line as if it was typed.
  [[nodiscard]] Outcome execute(const std::string& line);

  [[nodiscard]] bool has_quit() const { return has_quit_; }
  /// Whether `name` is a command that only a shell has.
  [[nodiscard]] static bool has_builtin(std::string_view name);

 private:
  using Words = std::span<const std::string>;

  struct Builtin {
    std::string_view name;
    std::string_view usage;
    std::string_view summary;
    Outcome (Shell::*run)(Words words);
  };
  static std::span<const Builtin> builtins();

  [[nodiscard]] std::string prompt() const;
  void print_events();
  [[nodiscard]] std::vector<std::string> children_of(const std::string& path);
  [[nodiscard]] Outcome execute_words(Words words);
  [[nodiscard]] Outcome execute_command(const Command& command, Words words);

  Outcome close(Words words);
  Outcome connect(Words words);
  Outcome help(Words words);
  Outcome show_history(Words words);
  Outcome switch_watches(Words words);
  Outcome quit(Words words);
  Outcome redo(Words words);

  Context& context_;
  std::vector<Command> commands_;
  std::vector<std::string_view> names_;
  std::vector<std::string> history_;
  bool has_quit_ = false;
  /// Whether the last state that was printed is "not connected": told once, not for every attempt.
  bool is_disconnected_ = false;
};

}  // namespace paddock::cli
