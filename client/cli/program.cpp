// SPDX-License-Identifier: Apache-2.0
#include "client_cli/program.h"

#include <algorithm>
#include <array>
#include <iostream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "client_cli/command.h"
#include "client_cli/duration_text.h"

namespace paddock::cli {

namespace {

constexpr std::string_view kDescription =
    "The command line of Paddock and of any ZooKeeper-compatible ensemble.\n"
    "Without a command it starts an interactive shell.";

constexpr std::string_view kFooter =
    "Exit codes: 0 done; 1 refused by the server, or a watched event did not come; 2 wrong usage;\n"
    "3 no server reached, or the connection was lost.\n"
    "Environment: PADDOCK_SERVER stands for --server, PADDOCK_AUTH for one --auth.";

/// ZooKeeper's shell spells its own options with one dash, before the command.
std::vector<std::string> with_two_dashes(int argc, const char* const* argv) {
  std::vector<std::string> arguments;
  int i = 1;
  for (; i < argc && argv[i][0] == '-'; ++i) {
    const std::string_view option = argv[i];
    const bool has_value = i + 1 < argc;
    if (option == "-server") {
      arguments.emplace_back("--server");
      if (has_value) arguments.emplace_back(argv[++i]);
    } else if (option == "-timeout") {
      arguments.emplace_back("--session-timeout");
      if (has_value) arguments.push_back(std::string(argv[++i]) + "ms");
    } else if (option == "-r") {
      arguments.emplace_back("--read-only");
    } else if (option != "-waitforconnection") {
      arguments.emplace_back(option);
    }
  }
  arguments.insert(arguments.end(), argv + i, argv + argc);
  return arguments;
}

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
  std::vector<std::string> arguments = with_two_dashes(argc, argv);
  std::ranges::reverse(arguments);
  try {
    app.parse(arguments);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return static_cast<int>(code == 0 ? ExitCode::Ok : ExitCode::Usage);
  }
  return run_once(parsed);
}

}  // namespace paddock::cli
