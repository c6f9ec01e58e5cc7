// SPDX-License-Identifier: Apache-2.0
//
// create and get: one node at a time.
#include <array>

#include <fmt/format.h>

#include "client_cli/acl_text.h"
#include "client_cli/command.h"

namespace paddock::cli {

namespace {

using client::CreateMode;

struct CreateArguments {
  bool is_sequential = false;
  bool is_ephemeral = false;
  bool is_container = false;
  std::optional<std::int64_t> ttl_ms;
  std::string path;
  std::optional<std::string> data;
  std::optional<std::string> acl;
};

CreateMode mode_of(const CreateArguments& arguments) {
  if (arguments.is_container) return CreateMode::Container;
  if (arguments.is_ephemeral) {
    return arguments.is_sequential ? CreateMode::EphemeralSequential : CreateMode::Ephemeral;
  }
  if (arguments.ttl_ms) {
    return arguments.is_sequential ? CreateMode::PersistentSequentialWithTtl
                                   : CreateMode::PersistentWithTtl;
  }
  return arguments.is_sequential ? CreateMode::PersistentSequential : CreateMode::Persistent;
}

Outcome check_create(const CreateArguments& arguments) {
  if (arguments.is_container && (arguments.is_ephemeral || arguments.is_sequential)) {
    return misused("-c cannot be combined with -e or -s: containers are neither");
  }
  if (arguments.ttl_ms && (arguments.is_ephemeral || arguments.is_container)) {
    return misused("-t cannot be combined with -e or -c: only persistent nodes have a TTL");
  }
  if (arguments.ttl_ms && (*arguments.ttl_ms < 1 || *arguments.ttl_ms > client::kTtlMaxMs)) {
    return misused(fmt::format("-t takes 1 to {} milliseconds", client::kTtlMaxMs));
  }
  const auto error = arguments.is_sequential ? client::sequential_path_error(arguments.path)
                                             : client::path_error(arguments.path);
  if (error) return misused(fmt::format("'{}' is not a path: {}", arguments.path, *error));
  return {};
}

Outcome create(Context& context, const CreateArguments& arguments) {
  if (const auto valid = check_create(arguments); !valid) return valid;
  std::vector<client::Acl> acl;
  if (arguments.acl) {
    auto parsed = parse_acl(*arguments.acl);
    if (!parsed) return misused(std::move(parsed).error().message);
    acl = std::move(*parsed);
  }
  const auto created =
      context.client().create(arguments.path,
                              {.data = arguments.data ? View(*arguments.data) : View{},
                               .acl = acl,
                               .mode = mode_of(arguments),
                               .ttl_ms = arguments.ttl_ms.value_or(0)});
  if (!created) return refused(created.error(), arguments.path);
  context.out().line("Created " + created->path);
  context.out().json({{"path", created->path}, {"stat", to_json(created->stat)}});
  return {};
}

Action define_create(CLI::App& app) {
  auto arguments = std::make_shared<CreateArguments>();
  app.add_flag("-s", arguments->is_sequential, "append a number that is never used again");
  app.add_flag("-e", arguments->is_ephemeral, "delete it when this session ends");
  app.add_flag("-c", arguments->is_container, "delete it some time after its last child");
  app.add_option("-t", arguments->ttl_ms, "delete it when unchanged for so many milliseconds");
  app.add_option("path", arguments->path, "the new node")->required();
  app.add_option("data", arguments->data, "its data; null if not given");
  app.add_option("acl", arguments->acl, "scheme:id:perms[,…]; world:anyone:cdrwa if not given");
  return [arguments](Context& context) {
    return create(context, *arguments);
  };
}

struct GetArguments {
  bool with_stat = false;
  bool watch = false;
  bool as_base64 = false;
  std::string path;
};

Outcome get(Context& context, const GetArguments& arguments) {
  if (const auto valid = check_path(arguments.path); !valid) return valid;
  const auto node = context.client().get(arguments.path, context.watcher_if(arguments.watch));
  if (!node) return refused(node.error(), arguments.path);
  boost::json::object object{{"path", arguments.path}};
  add_data(object, node->data);
  object["stat"] = to_json(node->stat);
  context.out().json(object);
  const std::string text = node->data.value_or("null");
  context.out().line(arguments.as_base64 ? to_base64(text) : text);
  if (arguments.with_stat) context.out().stat(node->stat);
  return context.finish_watch(arguments.watch);
}

Action define_get(CLI::App& app) {
  auto arguments = std::make_shared<GetArguments>();
  app.add_flag("-s", arguments->with_stat, "print the node's Stat too");
  app.add_flag("-w", arguments->watch, "watch it for the next change");
  app.add_flag("-b", arguments->as_base64, "print the data as base64");
  app.add_option("path", arguments->path, "the node")->required();
  return [arguments](Context& context) {
    return get(context, *arguments);
  };
}

constexpr auto kCommands = std::to_array<Command>({
    {"create",
     "[-s] [-e] [-c] [-t ttl] path [data] [acl]",
     "create a node",
     Needs::Connection,
     define_create},
    {"get", "[-s] [-w] [-b] path", "print the data of a node", Needs::Connection, define_get},
});

}  // namespace

std::span<const Command> node_commands() {
  return kCommands;
}

}  // namespace paddock::cli
