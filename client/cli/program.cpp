// SPDX-License-Identifier: Apache-2.0
#include "client_cli/program.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "client_cli/command.h"
#include "client_cli/command_line.h"
#include "client_cli/duration_text.h"
#include "client_cli/shell.h"

namespace paddock::cli {

namespace {

constexpr std::string_view kDescription =
    "The command line of Paddock and of any ZooKeeper-compatible ensemble.\n"
    "Without a command it starts an interactive shell.";

constexpr std::string_view kFooter =
    "Exit codes: 0 done; 1 refused by the server, or a watched event did not come; 2 wrong usage;\n"
    "3 no server reached, or the connection was lost.\n"
    "Environment: PADDOCK_SERVER stands for --server, PADDOCK_AUTH for one --auth.";

struct Parsed {
  Settings settings;
  bool as_json = false;
  const Command* command = nullptr;
  Action action;
};

std::string check_duration(const std::string& text) {
  const auto duration = parse_duration(text);
  return duration ? std::string{} : duration.error().message;
}

void define_options(CLI::App& app, Parsed& parsed) {
  app.add_option("--server", parsed.settings.servers, "host:port[,host:port…][/chroot]")
      ->envname("PADDOCK_SERVER")
      ->capture_default_str();
  app.add_option_function<std::string>(
         "--session-timeout",
         [&parsed](const std::string& text) {
           parsed.settings.session_timeout = parse_duration(text).value();
         },
         "what to ask of the server: 30s, 4000ms")
      ->check(check_duration);
  app.add_option_function<std::string>(
         "--timeout",
         [&parsed](const std::string& text) {
           parsed.settings.event_timeout = parse_duration(text).value();
         },
         "how long -w and watch wait for events; forever if not given")
      ->check(check_duration);
  app.add_option("--auth", parsed.settings.auths, "scheme:credential, may be repeated")
      ->envname("PADDOCK_AUTH");
  app.add_flag("--read-only", parsed.settings.can_be_read_only, "accept a server without a quorum");
  app.add_flag("--json", parsed.as_json, "print JSON");
}

Outcome perform(Context& context, const Command& command, const Action& action) {
  if (command.needs == Needs::Connection) {
    if (auto connected = context.ensure_connected(); !connected) return connected;
  }
  return action(context);
}

int run_once(const Parsed& parsed) {
  Output out(std::cout, std::cerr, parsed.as_json ? Format::Json : Format::Text);
  Context context(parsed.settings, out, Mode::OneShot);
  const Outcome outcome = perform(context, *parsed.command, parsed.action);
  if (outcome) return static_cast<int>(ExitCode::Ok);
  out.failure(outcome.error());
  return static_cast<int>(outcome.error().exit_code);
}

/// The terminal's history, beside those of other tools; nothing if there is no home.
std::string history_file() {
  if (const char* file = std::getenv("PADDOCK_HISTORY")) return file;
  const char* home = std::getenv("HOME");
  return home == nullptr ? std::string{} : std::string(home) + "/.paddock_history";
}

int run_shell(const Parsed& parsed, const std::vector<Command>& commands) {
  Output out(std::cout, std::cerr, parsed.as_json ? Format::Json : Format::Text);
  Context context(parsed.settings, out, Mode::Shell);
  Shell shell(context, commands);
  const bool is_terminal = ::isatty(STDIN_FILENO) != 0 && ::isatty(STDOUT_FILENO) != 0;
  if (is_terminal)
    out.remark("Connecting to " + parsed.settings.servers + " ('help' lists commands)");
  const std::unique_ptr<LineSource> lines = is_terminal
                                                ? edited_lines(shell.callbacks(), history_file())
                                                : plain_lines(shell.callbacks());
  return static_cast<int>(shell.run(*lines));
}

}  // namespace

int run(int argc, const char* const* argv, std::span<const Subcommand> subcommands) {
  const std::string_view first = argc > 1 ? argv[1] : "";
  const auto own = std::ranges::find(subcommands, first, &Subcommand::name);
  if (own != subcommands.end()) return own->run(argc - 1, argv + 1);

  Parsed parsed;
  CLI::App app{std::string(kDescription), "paddock"};
  app.footer(std::string(kFooter));
  app.require_subcommand(0, 1);
  define_options(app, parsed);
  const std::vector<Command> commands = all_commands();
  for (const Command& command : commands) {
    CLI::App* sub = app.add_subcommand(std::string(command.name), std::string(command.summary));
    sub->fallthrough();
    sub->parse_complete_callback([&parsed, &command, action = command.define(*sub)] {
      parsed.command = &command;
      parsed.action = action;
    });
  }
  for (const Subcommand& subcommand : subcommands) {
    app.add_subcommand(std::string(subcommand.name), std::string(subcommand.summary));
  }
  std::vector<std::string> arguments =
      with_two_dashes(std::vector<std::string>(argv + std::min(argc, 1), argv + argc));
  std::ranges::reverse(arguments);
  try {
    app.parse(arguments);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return static_cast<int>(code == 0 ? ExitCode::Ok : ExitCode::Usage);
  }
  return parsed.command == nullptr ? run_shell(parsed, commands) : run_once(parsed);
}

}  // namespace paddock::cli
