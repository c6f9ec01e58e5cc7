// SPDX-License-Identifier: Apache-2.0
#include "client_cli/program.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "client_cli/command.h"
#include "client_cli/command_line.h"
#include "client_cli/shell.h"
#include "client_cli/usage.h"
#include "client_cli/version.h"
#include "client_text/duration_text.h"
#include "tls_arguments/tls_arguments.h"

namespace paddock::cli {

namespace {

constexpr std::string_view kDescription =
    "The command line of Paddock and of any ZooKeeper-compatible ensemble.\n"
    "Without a command it starts an interactive shell.";

constexpr std::string_view kFooter =
    "Exit codes: 0 done; 1 refused by the server, or a watched event did not come; 2 wrong usage;\n"
    "3 no server reached, or the connection was lost.\n"
    "Environment: PADDOCK_SERVER stands for --server, PADDOCK_AUTH for one --auth, and so do "
    "those\n"
    "that stand beside the options.";

struct Parsed {
  Settings settings;
  client::TlsArguments tls;
  bool as_json = false;
  const Command* command = nullptr;
  Action action;
};

std::string check_duration(const std::string& text) {
  const auto duration = client::parse_duration(text);
  return duration ? std::string{} : duration.error().message;
}

void define_options(arguments::App& app, Parsed& parsed) {
  app.option("--server", parsed.settings.servers, "host:port[,host:port…][/chroot]")
      .or_environment("PADDOCK_SERVER")
      .show_default();
  app.option(
         "--session-timeout",
         [&parsed](const std::string& text) {
           parsed.settings.session_timeout = client::parse_duration(text).value();
         },
         "what to ask of the server: 30s, 4000ms")
      .check(check_duration);
  app.option(
         "--connect-timeout",
         [&parsed](const std::string& text) {
           parsed.settings.connect_timeout = client::parse_duration(text).value();
         },
         "how long to look for a server that answers; 10s if not given")
      .check(check_duration);
  app.option(
         "--timeout",
         [&parsed](const std::string& text) {
           parsed.settings.event_timeout = client::parse_duration(text).value();
         },
         "how long -w and watch wait for events; forever if not given")
      .check(check_duration);
  CredentialSources& credentials = parsed.settings.credentials;
  app.list("--auth", credentials.auths, "scheme:credential, may be repeated; files are safer")
      .or_environment("PADDOCK_AUTH");
  app.option("--auth-file", credentials.auth_file, "a file with a scheme:credential on each line")
      .or_environment("PADDOCK_AUTH_FILE");
  app.option("--token-file", credentials.token_file, "a file with a token of the scheme jwt")
      .or_environment("PADDOCK_TOKEN_FILE");
  app.flag("--kerberos", credentials.with_kerberos, "log in by the ticket of whoever runs this");
  parsed.tls.define(app);
  app.flag("--read-only", parsed.settings.can_be_read_only, "accept a server without a quorum");
  app.flag("--json", parsed.as_json, "print JSON");
  app.version_flag("--version", fmt::format("paddock {}", kVersion));
}

/// `help` is `--help`, `help get` is `get --help`.
void translate_help(std::vector<std::string>& arguments) {
  const std::size_t at = find_command(arguments);
  if (at == arguments.size() || arguments[at] != "help") return;
  const bool has_command = at + 1 < arguments.size();
  arguments = has_command ? std::vector<std::string>{arguments[at + 1], "--help"}
                          : std::vector<std::string>{"--help"};
}

/// What is wrong with the command's name, before the arguments are looked at.
std::optional<Failure> command_error(std::span<const Command> commands,
                                     std::span<const Subcommand> subcommands,
                                     std::span<const std::string> arguments) {
  const std::size_t at = find_command(arguments);
  if (at == arguments.size()) return std::nullopt;
  std::vector<std::string_view> names{"help"};
  for (const Command& command : commands) names.push_back(command.name);
  for (const Subcommand& subcommand : subcommands) names.push_back(subcommand.name);
  const std::string& name = arguments[at];
  if (std::ranges::find(subcommands, name, &Subcommand::name) != subcommands.end()) {
    return Failure{.exit_code = ExitCode::Usage,
                   .message = fmt::format("'{}' has options of its own: put it first", name),
                   .hint = fmt::format("'paddock {} --help' lists them", name)};
  }
  if (std::ranges::find(names, name) != names.end()) return std::nullopt;
  if (Shell::has_builtin(name)) {
    return Failure{.exit_code = ExitCode::Usage,
                   .message = fmt::format("'{}' is for the shell", name),
                   .hint = "'paddock' without a command starts it"};
  }
  return unknown_command(name, names);
}

std::string usage_of(const std::vector<Command>& commands, std::span<const std::string> arguments) {
  const std::size_t at = find_command(arguments);
  const std::string_view name = at < arguments.size() ? View(arguments[at]) : View{};
  const auto command = std::ranges::find(commands, name, &Command::name);
  if (command == commands.end()) return "paddock [options] [command]; see --help";
  return fmt::format("{} {}", command->name, command->usage);
}

Outcome perform(Context& context, const Command& command, const Action& action) {
  if (command.needs == Needs::Connection) {
    if (auto connected = context.ensure_connected(); !connected) return connected;
  }
  return action(context);
}

int report(const Failure& failure, bool as_json) {
  Output(std::cout, std::cerr, as_json ? Format::Json : Format::Text).failure(failure);
  return static_cast<int>(failure.exit_code);
}

int run_once(const Parsed& parsed) {
  Output out(std::cout, std::cerr, parsed.as_json ? Format::Json : Format::Text);
  Context context(parsed.settings, out, Mode::OneShot);
  const Outcome outcome = perform(context, *parsed.command, parsed.action);
  if (outcome) return static_cast<int>(ExitCode::Ok);
  out.failure(context.explained(outcome.error()));
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
  const std::string_view second = argc > 2 ? argv[2] : "";
  const auto explained = std::ranges::find(subcommands, second, &Subcommand::name);
  if (first == "help" && explained != subcommands.end()) {
    return explained->run(2, std::array{argv[2], "--help"}.data());
  }

  Parsed parsed;
  arguments::App app(kDescription, "paddock");
  app.footer(kFooter);
  app.one_command(false);
  define_options(app, parsed);
  const std::vector<Command> commands = all_commands();
  for (const Command& command : commands) {
    arguments::App& added = app.command(command.name, command.summary);
    added.share_with_parent();
    added.when_stored([&parsed, &command, action = command.define(added)] {
      parsed.command = &command;
      parsed.action = action;
    });
  }
  for (const Subcommand& subcommand : subcommands) {
    app.command(subcommand.name, subcommand.summary);
  }
  std::vector<std::string> arguments =
      with_two_dashes(std::vector<std::string>(argv + std::min(argc, 1), argv + argc));
  translate_help(arguments);
  const bool as_json = std::ranges::find(arguments, "--json") != arguments.end();
  if (const auto wrong = command_error(commands, subcommands, arguments))
    return report(*wrong, as_json);
  if (const auto taken = app.parse(arguments); !taken) {
    if (taken.error().is_wrong) {
      return report(wrong_usage(taken.error(), usage_of(commands, arguments)), as_json);
    }
    std::cout << taken.error().text;
    return 0;
  }
  auto tls = parsed.tls.open();
  if (!tls) return report(misused(std::move(tls).error().message).error(), as_json);
  parsed.settings.tls = std::move(*tls);
  return parsed.command == nullptr ? run_shell(parsed, commands) : run_once(parsed);
}

}  // namespace paddock::cli
