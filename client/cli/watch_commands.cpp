// SPDX-License-Identifier: Apache-2.0
//
// addWatch, removewatches, watch: being told of changes.
#include <algorithm>
#include <array>
#include <chrono>

#include <fmt/format.h>

#include "client_cli/command.h"
#include "client_cli/interruption.h"

namespace paddock::cli {

namespace {

using client::AddWatchMode;
using client::WatcherType;

struct AddWatchArguments {
  std::string mode = "PERSISTENT_RECURSIVE";
  std::string path;
};

Outcome add_watch(Context& context, const AddWatchArguments& arguments) {
  if (const auto valid = check_path(arguments.path); !valid) return valid;
  std::string mode = arguments.mode;
  std::ranges::transform(mode, mode.begin(), [](unsigned char letter) {
    return static_cast<char>(std::toupper(letter));
  });
  if (mode != "PERSISTENT" && mode != "PERSISTENT_RECURSIVE") {
    return misused("-m takes PERSISTENT or PERSISTENT_RECURSIVE");
  }
  const auto done = context.client().add_watch(
      arguments.path,
      mode == "PERSISTENT" ? AddWatchMode::Persistent : AddWatchMode::PersistentRecursive,
      context.watcher_if(true));
  if (!done) return refused(done.error(), arguments.path);
  context.out().json({{"path", arguments.path}, {"mode", mode}});
  return context.finish_watch(true);
}

Action define_add_watch(arguments::App& app) {
  auto arguments = std::make_shared<AddWatchArguments>();
  app.option("-m", arguments->mode, "PERSISTENT or PERSISTENT_RECURSIVE (the default)");
  app.option("path", arguments->path, "the node, which need not exist").required();
  return [arguments](Context& context) {
    return add_watch(context, *arguments);
  };
}

struct RemoveWatchesArguments {
  bool children = false;
  bool data = false;
  bool persistent = false;
  bool recursive = false;
  bool any = false;
  bool is_local = false;
  std::string path;
};

WatcherType type_of(const RemoveWatchesArguments& arguments) {
  if (arguments.children) return WatcherType::Children;
  if (arguments.data) return WatcherType::Data;
  if (arguments.persistent) return WatcherType::Persistent;
  if (arguments.recursive) return WatcherType::PersistentRecursive;
  return WatcherType::Any;
}

Outcome remove_watches(Context& context, const RemoveWatchesArguments& arguments) {
  if (const auto valid = check_path(arguments.path); !valid) return valid;
  const auto done = context.client().remove_watch(arguments.path, type_of(arguments), nullptr);
  if (!done) return refused(done.error(), arguments.path);
  context.out().json({{"path", arguments.path}});
  return {};
}

Action define_remove_watches(arguments::App& app) {
  auto arguments = std::make_shared<RemoveWatchesArguments>();
  app.flag("-c", arguments->children, "only child watches");
  app.flag("-d", arguments->data, "only data watches");
  app.flag("-p", arguments->persistent, "only persistent watches");
  app.flag("-r", arguments->recursive, "only persistent recursive watches");
  app.flag("-a", arguments->any, "all of them (the default)");
  app.flag("-l", arguments->is_local, "accepted; without a connection removal is local anyway");
  app.option("path", arguments->path, "the watched node").required();
  return [arguments](Context& context) {
    return remove_watches(context, *arguments);
  };
}

struct WatchArguments {
  bool is_recursive = false;
  std::optional<std::size_t> count;
  std::string path;
};

void print_event(Output& out, const client::Event& event) {
  out.json(to_json(event));
  const std::string zxid =
      event.zxid.value > 0 ? fmt::format(" zxid=0x{:x}", event.zxid.value) : std::string{};
  out.line(fmt::format("{} {}{}", client::name(event.type), event.path, zxid));
}

Outcome note_state(Output& out, const client::StateChanged& change) {
  switch (change.state) {
    case client::SessionState::Connecting:
      out.remark("connection lost: " + change.reason);
      return {};
    case client::SessionState::Connected:
    case client::SessionState::ConnectedReadOnly:
      out.remark("connected to " + change.reason);
      return {};
    case client::SessionState::AuthFailed:
    case client::SessionState::Expired:
    case client::SessionState::Closed:
      return unreachable("the session has ended: " + change.reason);
  }
  return {};
}

/// Prints events until `count` of them have come or the time is over.
Outcome stream_events(Context& context, std::optional<std::size_t> count) {
  const auto limit = context.settings().event_timeout;
  const auto end = std::chrono::steady_clock::now() + limit.value_or(Duration{0});
  std::size_t seen = 0;
  while (true) {
    std::optional<Duration> left;
    if (limit) left = end - std::chrono::steady_clock::now();
    if (!context.events().wait(left)) {
      if (!count || is_interrupted()) return {};
      return failed(
          fmt::format("{} of {} events came before the time of --timeout was over", seen, *count));
    }
    for (const EventQueue::Item& item : context.events().take()) {
      if (const auto* change = std::get_if<client::StateChanged>(&item)) {
        if (auto alive = note_state(context.out(), *change); !alive) return alive;
        continue;
      }
      print_event(context.out(), std::get<client::Event>(item));
      if (++seen == count) return {};
    }
  }
}

Outcome watch(Context& context, const WatchArguments& arguments) {
  if (const auto valid = check_path(arguments.path); !valid) return valid;
  const AddWatchMode mode =
      arguments.is_recursive ? AddWatchMode::PersistentRecursive : AddWatchMode::Persistent;
  const auto done = context.client().add_watch(arguments.path, mode, context.watcher_if(true));
  if (!done) return refused(done.error(), arguments.path);
  Outcome outcome = stream_events(context, arguments.count);
  if (context.mode() == Mode::OneShot) return outcome;
  // The shell goes on, the watch does not; a connection that is gone has taken it along.
  forget_interrupt();
  static_cast<void>(context.client().remove_watch(
      arguments.path,
      arguments.is_recursive ? WatcherType::PersistentRecursive : WatcherType::Persistent,
      context.watcher_if(true)));
  return outcome;
}

Action define_watch(arguments::App& app) {
  auto arguments = std::make_shared<WatchArguments>();
  app.flag("-R", arguments->is_recursive, "all nodes below it too");
  app.option("--count", arguments->count, "stop after so many events");
  app.option("path", arguments->path, "the node, which need not exist").required();
  return [arguments](Context& context) {
    return watch(context, *arguments);
  };
}

constexpr auto kCommands = std::to_array<Command>({
    {"addWatch",
     "[-m mode] path",
     "watch a node, and all below it, until told otherwise",
     Needs::Connection,
     define_add_watch},
    {"removewatches",
     "path [-c|-d|-p|-r|-a] [-l]",
     "end the watches of a node",
     Needs::Connection,
     define_remove_watches},
    {"watch",
     "[-R] [--count n] path",
     "print changes as they come",
     Needs::Connection,
     define_watch},
});

}  // namespace

std::span<const Command> watch_commands() {
  return kCommands;
}

}  // namespace paddock::cli
