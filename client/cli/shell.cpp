// SPDX-License-Identifier: Apache-2.0
#include "client_cli/shell.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "client_cli/command_line.h"
#include "client_cli/interruption.h"
#include "client_cli/usage.h"

namespace paddock::cli {

namespace {

constexpr std::size_t kHistoryShown = 11;

/// The change of a session's state as the event that ZooKeeper's shell prints.
client::Event as_event(const client::StateChanged& change) {
  using client::KeeperState;
  using client::SessionState;
  client::Event event;
  switch (change.state) {
    case SessionState::Connecting:
      event.state = KeeperState::Disconnected;
      break;
    case SessionState::Connected:
      event.state = KeeperState::SyncConnected;
      break;
    case SessionState::ConnectedReadOnly:
      event.state = KeeperState::ConnectedReadOnly;
      break;
    case SessionState::AuthFailed:
      event.state = KeeperState::AuthFailed;
      break;
    case SessionState::Expired:
      event.state = KeeperState::Expired;
      break;
    case SessionState::Closed:
      event.state = KeeperState::Closed;
      break;
  }
  return event;
}

/// Credentials must not reach the history file.
bool is_secret(const std::string& line) {
  return line.find("addauth") != std::string::npos || line.find("--auth") != std::string::npos;
}

}  // namespace

Shell::Shell(Context& context, std::vector<Command> commands)
    : context_(context), commands_(std::move(commands)) {
  for (const Command& command : commands_) names_.push_back(command.name);
  for (const Builtin& builtin : builtins()) names_.push_back(builtin.name);
  std::ranges::sort(names_);
}

std::span<const Shell::Builtin> Shell::builtins() {
  static constexpr auto kBuiltins = std::to_array<Builtin>({
      {"close", "", "end the session", &Shell::close},
      {"connect", "[host:port]", "start a new session", &Shell::connect},
      {"exit", "", "end the session and leave", &Shell::quit},
      {"help", "[command]", "list the commands, or explain one", &Shell::help},
      {"history", "", "list the last commands", &Shell::show_history},
      {"printwatches", "[on|off]", "whether events are printed", &Shell::switch_watches},
      {"quit", "", "end the session and leave", &Shell::quit},
      {"redo", "number", "run a command of the history again", &Shell::redo},
  });
  return kBuiltins;
}

ExitCode Shell::run(LineSource& lines) {
  ExitCode last = ExitCode::Ok;
  if (const auto connected = context_.ensure_connected(); !connected) {
    context_.out().failure(connected.error());
  }
  while (!has_quit_) {
    print_events();
    const auto line = lines.read_line();
    if (!line) break;
    if (line->find_first_not_of(" \t") == std::string::npos) continue;
    if (!is_secret(*line)) lines.remember(*line);
    // A Control-C since read_line() is meant for this command.
    const Outcome outcome = execute(*line);
    forget_interrupt();
    if (has_quit_) break;
    last = outcome ? ExitCode::Ok : outcome.error().exit_code;
    if (!outcome) context_.out().failure(context_.explained(outcome.error()));
  }
  context_.disconnect();
  return last;
}

LineCallbacks Shell::callbacks() {
  return {.complete =
              [this](View line) {
                return complete(
                    line, names_, [this](const std::string& path) { return children_of(path); });
              },
          .event_fd = context_.events().file_descriptor(),
          .print_events = [this] { print_events(); },
          .prompt =
              [this] {
                return prompt();
              }};
}

bool Shell::has_builtin(std::string_view name) {
  return std::ranges::find(builtins(), name, &Builtin::name) != builtins().end();
}

Outcome Shell::execute(const std::string& line) {
  const auto words = split_line(line);
  if (!words) return misused(words.error().message);
  if (words->empty()) return {};
  history_.push_back(line);
  return execute_words(*words);
}

std::string Shell::prompt() const {
  const std::string_view state =
      context_.has_client() ? client::name(context_.info().state) : std::string_view("CLOSED");
  return fmt::format("[zk: {}({}) {}] ", context_.settings().servers, state, history_.size());
}

void Shell::print_events() {
  for (const EventQueue::Item& item : context_.events().take()) {
    if (const auto* change = std::get_if<client::StateChanged>(&item)) {
      const bool was_disconnected =
          std::exchange(is_disconnected_, change->state == client::SessionState::Connecting);
      if (was_disconnected && is_disconnected_) continue;
      if (context_.print_watches) context_.out().event(as_event(*change));
    } else if (context_.print_watches) {
      context_.out().event(std::get<client::Event>(item));
    }
  }
}

std::vector<std::string> Shell::children_of(const std::string& path) {
  if (!context_.has_client() || context_.info().state == client::SessionState::Connecting)
    return {};
  auto children = context_.client().children(path, nullptr);
  return children ? std::move(children->names) : std::vector<std::string>{};
}

Outcome Shell::execute_words(Words words) {
  const std::string& name = words.front();
  const auto builtin = std::ranges::find(builtins(), name, &Builtin::name);
  if (builtin != builtins().end()) return (this->*builtin->run)(words);
  const auto command = std::ranges::find(commands_, name, &Command::name);
  if (command != commands_.end()) return execute_command(*command, words);
  return std::unexpected(unknown_command(name, names_));
}

Outcome Shell::execute_command(const Command& command, Words words) {
  arguments::App app(command.summary, command.name);
  const Action action = command.define(app);
  std::vector<std::string> words_behind = with_two_dashes(words);
  words_behind.erase(words_behind.begin());
  if (const auto parsed = app.parse(words_behind); !parsed) {
    if (parsed.error().is_wrong) {
      return std::unexpected(
          wrong_usage(parsed.error(), fmt::format("{} {}", command.name, command.usage)));
    }
    context_.out().remark(parsed.error().text);
    return {};
  }
  if (command.needs == Needs::Connection) {
    if (auto connected = context_.ensure_connected(); !connected) return connected;
  }
  return action(context_);
}

Outcome Shell::close(Words /*words*/) {
  context_.disconnect();
  return {};
}

Outcome Shell::connect(Words words) {
  return context_.connect_to(words.size() > 1 ? words[1] : context_.settings().servers);
}

Outcome Shell::help(Words words) {
  if (words.size() > 1 && words[1] != "help") {
    const auto command = std::ranges::find(commands_, words[1], &Command::name);
    if (command != commands_.end()) {
      return execute_command(*command, std::array<std::string, 2>{words[1], "--help"});
    }
  }
  for (const std::string_view name : names_) {
    const auto builtin = std::ranges::find(builtins(), name, &Builtin::name);
    const auto command = std::ranges::find(commands_, name, &Command::name);
    const bool is_builtin = builtin != builtins().end();
    context_.out().remark(fmt::format("\t{} {}  # {}",
                                      name,
                                      is_builtin ? builtin->usage : command->usage,
                                      is_builtin ? builtin->summary : command->summary));
  }
  return {};
}

Outcome Shell::show_history(Words /*words*/) {
  const std::size_t first = history_.size() > kHistoryShown ? history_.size() - kHistoryShown : 0;
  for (std::size_t i = first; i < history_.size(); ++i) {
    context_.out().remark(fmt::format("{} - {}", i, history_[i]));
  }
  return {};
}

Outcome Shell::switch_watches(Words words) {
  if (words.size() > 1) {
    context_.print_watches = words[1] == "on";
  } else {
    context_.out().remark(fmt::format("printwatches is {}", context_.print_watches ? "on" : "off"));
  }
  return {};
}

Outcome Shell::quit(Words /*words*/) {
  has_quit_ = true;
  return {};
}

Outcome Shell::redo(Words words) {
  std::size_t number = 0;
  const std::string& text = words.size() > 1 ? words[1] : std::string{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number + 1 >= history_.size()) {
    return misused("Command index out of range");
  }
  const std::string line = history_[number];
  const auto again = split_line(line);
  if (!again || again->front() == "redo") return misused("No redoing redos");
  history_.back() = line;
  return execute_words(*again);
}

}  // namespace paddock::cli
