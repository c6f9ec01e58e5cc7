// SPDX-License-Identifier: Apache-2.0
//
// create, delete, get, set, stat: one node at a time.
#include <array>

#include <fmt/format.h>

#include "client_cli/command.h"
#include "client_cli/file_bytes.h"
#include "client_text/acl_text.h"
#include "client_text/trimmed.h"

namespace paddock::cli {

namespace {

using client::CreateMode;

/// The data of create and set: given as an argument, or the bytes of a file.
struct DataArguments {
  std::optional<std::string> text;
  std::optional<std::string> file;
};

std::expected<std::optional<std::string>, Failure> read_data(Context& context,
                                                             const DataArguments& arguments) {
  if (!arguments.file) return arguments.text;
  if (arguments.text) return misused("give the data or --file, not both");
  if (*arguments.file == "-" && context.mode() == Mode::Shell) {
    return misused("standard input is the shell's: --file - works without it only");
  }
  auto bytes = read_file(*arguments.file);
  if (!bytes) return misused(std::move(bytes).error().message);
  return std::move(*bytes);
}

/// Adds a hint where a lost connection was probably caused by the size of the data.
std::unexpected<Failure> refused_data(ErrorCode code, View path, std::size_t bytes) {
  constexpr std::size_t kUsualLimit = 0xfffff;
  constexpr std::size_t kHeaders = 1024;
  if (code != ErrorCode::ConnectionLoss || bytes + kHeaders < kUsualLimit) {
    return refused(code, path);
  }
  return refused(code,
                 path,
                 fmt::format("{} bytes are probably more than the server takes: jute.maxbuffer, "
                             "1 MiB unless configured",
                             bytes));
}

struct CreateArguments {
  bool is_sequential = false;
  bool is_ephemeral = false;
  bool is_container = false;
  std::optional<std::int64_t> ttl_ms;
  std::string path;
  DataArguments data;
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
    auto parsed = client::parse_acl(*arguments.acl);
    if (!parsed) return misused(std::move(parsed).error().message);
    acl = std::move(*parsed);
  }
  const auto data = read_data(context, arguments.data);
  if (!data) return std::unexpected(data.error());
  const auto created = context.client().create(arguments.path,
                                               {.data = *data ? View(**data) : View{},
                                                .acl = acl,
                                                .mode = mode_of(arguments),
                                                .ttl_ms = arguments.ttl_ms.value_or(0)});
  if (!created && created.error() == ErrorCode::NoNode) {
    return refused(ErrorCode::NoNode, arguments.path, "create its parent first");
  }
  if (!created) {
    return refused_data(created.error(), arguments.path, data->value_or(std::string{}).size());
  }
  context.out().line("Created " + created->path);
  if (arguments.is_ephemeral && context.mode() == Mode::OneShot) {
    context.out().remark("  it is ephemeral: it ends with this command's session");
  }
  context.out().json({{"path", created->path}, {"stat", to_json(created->stat)}});
  return {};
}

Action define_create(arguments::App& app) {
  auto arguments = std::make_shared<CreateArguments>();
  app.flag("-s", arguments->is_sequential, "append a number that is never used again");
  app.flag("-e", arguments->is_ephemeral, "delete it when this session ends");
  app.flag("-c", arguments->is_container, "delete it some time after its last child");
  app.option("-t", arguments->ttl_ms, "delete it when unchanged for so many milliseconds");
  app.option("path", arguments->path, "the new node").required();
  app.option("data", arguments->data.text, "its data; null if not given");
  app.option("acl", arguments->acl, "scheme:id:perms[,…]; world:anyone:cdrwa if not given");
  app.option("-f,--file", arguments->data.file, "take the data from this file; - is stdin");
  return [arguments](Context& context) {
    return create(context, *arguments);
  };
}

struct DeleteArguments {
  std::int32_t version = client::kAnyVersion;
  std::string path;
  std::optional<std::int32_t> old_version;
};

Outcome remove(Context& context, const DeleteArguments& arguments) {
  if (const auto valid = check_path(arguments.path); !valid) return valid;
  if (arguments.old_version) context.out().remark("'delete path version' is old: use -v version");
  const std::int32_t version = arguments.old_version.value_or(arguments.version);
  const auto done = context.client().remove(arguments.path, version);
  if (!done) return refused(done.error(), arguments.path);
  context.out().json({{"path", arguments.path}});
  return {};
}

Action define_delete(arguments::App& app) {
  auto arguments = std::make_shared<DeleteArguments>();
  app.option("-v", arguments->version, "only if the data has this version");
  app.option("path", arguments->path, "the node, which must have no children").required();
  app.option("version", arguments->old_version, "old form of -v");
  return [arguments](Context& context) {
    return remove(context, *arguments);
  };
}

struct GetArguments {
  bool with_stat = false;
  bool watch = false;
  bool as_base64 = false;
  bool is_raw = false;
  std::string path;
  std::optional<std::string> old_watch;
};

Outcome get(Context& context, const GetArguments& arguments) {
  if (const auto valid = check_path(arguments.path); !valid) return valid;
  if (const auto valid = check_old_watch(context, arguments.old_watch); !valid) return valid;
  const bool watch = arguments.watch || arguments.old_watch;
  const auto node = context.client().get(arguments.path, context.watcher_if(watch));
  if (!node) return refused(node.error(), arguments.path);
  boost::json::object object{{"path", arguments.path}};
  add_data(object, node->data);
  object["stat"] = to_json(node->stat);
  context.out().json(object);
  if (arguments.as_base64) {
    context.out().line(to_base64(node->data.value_or("")));
  } else if (arguments.is_raw) {
    context.out().raw(node->data.value_or(""));
  } else {
    context.out().line(node->data.value_or("null"));
  }
  if (arguments.with_stat) context.out().stat(node->stat);
  return context.finish_watch(watch);
}

Action define_get(arguments::App& app) {
  auto arguments = std::make_shared<GetArguments>();
  app.flag("-s", arguments->with_stat, "print the node's Stat too");
  app.flag("-w", arguments->watch, "watch it for the next change");
  app.flag("-b", arguments->as_base64, "print the data as base64");
  app.flag("--raw", arguments->is_raw, "print the bytes alone: no newline, nothing for null");
  app.option("path", arguments->path, "the node").required();
  app.option("watch", arguments->old_watch, "old form of -w");
  return [arguments](Context& context) {
    return get(context, *arguments);
  };
}

struct SetArguments {
  bool with_stat = false;
  bool is_base64 = false;
  std::int32_t version = client::kAnyVersion;
  std::string path;
  DataArguments data;
};

Outcome set(Context& context, const SetArguments& arguments) {
  if (const auto valid = check_path(arguments.path); !valid) return valid;
  auto data = read_data(context, arguments.data);
  if (!data) return std::unexpected(std::move(data).error());
  if (!*data) return misused("say what to store: data, or --file");
  if (arguments.is_base64) {
    auto bytes = from_base64(client::trimmed(**data));
    if (!bytes) return misused("the data is not base64, which -b says it is");
    *data = std::move(*bytes);
  }
  const auto stat = context.client().set(arguments.path, **data, arguments.version);
  if (!stat) return refused_data(stat.error(), arguments.path, (*data)->size());
  context.out().json({{"path", arguments.path}, {"stat", to_json(*stat)}});
  if (arguments.with_stat) context.out().stat(*stat);
  return {};
}

Action define_set(arguments::App& app) {
  auto arguments = std::make_shared<SetArguments>();
  app.flag("-s", arguments->with_stat, "print the node's new Stat");
  app.flag("-b", arguments->is_base64, "the data is given as base64");
  app.option("-v", arguments->version, "only if the data has this version");
  app.option("path", arguments->path, "the node").required();
  app.option("data", arguments->data.text, "its new data");
  app.option("-f,--file", arguments->data.file, "take the data from this file; - is stdin");
  return [arguments](Context& context) {
    return set(context, *arguments);
  };
}

struct StatArguments {
  bool watch = false;
  std::string path;
  std::optional<std::string> old_watch;
};

Outcome stat(Context& context, const StatArguments& arguments) {
  if (const auto valid = check_path(arguments.path); !valid) return valid;
  if (const auto valid = check_old_watch(context, arguments.old_watch); !valid) return valid;
  const bool watch = arguments.watch || arguments.old_watch;
  const auto stat = context.client().exists(arguments.path, context.watcher_if(watch));
  const bool waits_for_creation = watch && context.mode() == Mode::OneShot;
  if (!stat && stat.error() == ErrorCode::NoNode && waits_for_creation) {
    context.out().remark("Node does not exist: " + arguments.path + "; waiting for it");
    return context.finish_watch(watch);
  }
  if (!stat) return refused(stat.error(), arguments.path);
  context.out().json({{"path", arguments.path}, {"stat", to_json(*stat)}});
  context.out().stat(*stat);
  return context.finish_watch(watch);
}

Action define_stat(arguments::App& app) {
  auto arguments = std::make_shared<StatArguments>();
  app.flag("-w", arguments->watch, "watch it for the next change, or for its creation");
  app.option("path", arguments->path, "the node").required();
  app.option("watch", arguments->old_watch, "old form of -w");
  return [arguments](Context& context) {
    return stat(context, *arguments);
  };
}

constexpr auto kCommands = std::to_array<Command>({
    {"create",
     "[-s] [-e] [-c] [-t ttl] [--file name] path [data] [acl]",
     "create a node",
     Needs::Connection,
     define_create},
    {"delete", "[-v version] path", "delete a node", Needs::Connection, define_delete},
    {"get", "[-s] [-w] [-b | --raw] path", "print a node's data", Needs::Connection, define_get},
    {"set",
     "[-s] [-v version] [-b] path data | --file name",
     "change a node's data",
     Needs::Connection,
     define_set},
    {"stat", "[-w] path", "print a node's Stat", Needs::Connection, define_stat},
});

}  // namespace

std::span<const Command> node_commands() {
  return kCommands;
}

}  // namespace paddock::cli
