// SPDX-License-Identifier: Apache-2.0
//
// ls, deleteall, getAllChildrenNumber, getEphemerals, sync: many nodes at a time.
#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "client_cli/command.h"
#include "client_cli/subtree.h"

namespace paddock::cli {

namespace {

boost::json::array to_json(const std::vector<std::string>& texts) {
  return boost::json::array(texts.begin(), texts.end());
}

struct LsArguments {
  bool with_stat = false;
  bool watch = false;
  bool is_recursive = false;
  std::string path;
  std::optional<std::string> old_watch;
};

Outcome ls_recursive(Context& context, const std::string& path, bool watch) {
  const client::Watcher watcher = context.watcher_if(watch);
  const auto root = context.client().get(path, watcher);
  if (!root) return refused(root.error(), path);
  const auto tree = Subtree::read(context.client(), path, watcher);
  if (!tree) return std::unexpected(tree.error());
  boost::json::array paths;
  tree->visit_in_listing_order([&](const std::string& node) {
    context.out().line(node);
    if (context.out().is_json()) paths.emplace_back(node);
  });
  context.out().json({{"path", path}, {"paths", std::move(paths)}});
  if (!tree->unreadable().empty()) {
    return refused(ErrorCode::NoAuth, fmt::format("{}", fmt::join(tree->unreadable(), " ")));
  }
  return context.finish_watch(watch);
}

Outcome ls(Context& context, const LsArguments& arguments) {
  if (const auto valid = check_path(arguments.path); !valid) return valid;
  if (const auto valid = check_old_watch(context, arguments.old_watch); !valid) return valid;
  const bool watch = arguments.watch || arguments.old_watch;
  if (arguments.is_recursive) return ls_recursive(context, arguments.path, watch);
  auto children = context.client().children(arguments.path, context.watcher_if(watch));
  if (!children) return refused(children.error(), arguments.path);
  std::ranges::sort(children->names);
  context.out().json({{"path", arguments.path},
                      {"children", to_json(children->names)},
                      {"stat", cli::to_json(children->stat)}});
  context.out().line(fmt::format("[{}]", fmt::join(children->names, ", ")));
  if (arguments.with_stat) context.out().stat(children->stat);
  return context.finish_watch(watch);
}

Action define_ls(arguments::App& app) {
  auto arguments = std::make_shared<LsArguments>();
  app.flag("-s", arguments->with_stat, "print the node's Stat too");
  app.flag("-w", arguments->watch, "watch for the next change of the children");
  app.flag("-R", arguments->is_recursive, "list the whole subtree");
  app.option("path", arguments->path, "the node").required();
  app.option("watch", arguments->old_watch, "old form of -w");
  return [arguments](Context& context) {
    return ls(context, *arguments);
  };
}

struct DeleteAllArguments {
  std::int32_t batch_size = 1000;
  std::string path;
};

/// Far below every server's limit for one packet.
constexpr std::size_t kBatchBytesMax = std::size_t{256} << 10U;

Outcome commit(Context& context, client::Transaction batch, std::span<const std::string> paths) {
  const auto results = context.client().commit(std::move(batch));
  if (!results) return refused(results.error(), paths.front());
  for (std::size_t i = 0; i < results->size() && i < paths.size(); ++i) {
    const ErrorCode error = (*results)[i].error;
    if (error == ErrorCode::Ok || error == ErrorCode::RuntimeInconsistency) continue;
    return refused(error, paths[i], "the subtree changed while it was deleted; run it again");
  }
  return {};
}

/// Deletes `paths` in order, as many as fit in one transaction at a time.
Outcome delete_in_batches(Context& context,
                          std::span<const std::string> paths,
                          std::size_t batch_size) {
  while (!paths.empty()) {
    client::Transaction batch = context.client().async().transaction();
    std::size_t bytes = 0;
    std::size_t count = 0;
    while (count < paths.size() && count < batch_size && bytes < kBatchBytesMax) {
      batch.remove(paths[count]);
      bytes += paths[count].size();
      ++count;
    }
    if (auto done = commit(context, std::move(batch), paths.first(count)); !done) return done;
    paths = paths.subspan(count);
  }
  return {};
}

Outcome delete_all(Context& context, const DeleteAllArguments& arguments) {
  if (const auto valid = check_path(arguments.path); !valid) return valid;
  if (arguments.batch_size < 0) return misused("-b takes the number of deletes in one transaction");
  const auto tree = Subtree::read(context.client(), arguments.path, nullptr);
  if (!tree) return std::unexpected(tree.error());
  if (!tree->unreadable().empty()) return refused(ErrorCode::NoAuth, tree->unreadable().front());
  const std::vector<std::string> leaves_first(tree->paths().rbegin(), tree->paths().rend());
  const auto batch_size = static_cast<std::size_t>(std::max(arguments.batch_size, 1));
  if (auto done = delete_in_batches(context, leaves_first, batch_size); !done) return done;
  context.out().json({{"path", arguments.path}, {"deleted", leaves_first.size()}});
  return {};
}

Action define_delete_all(arguments::App& app) {
  auto arguments = std::make_shared<DeleteAllArguments>();
  app.option("-b", arguments->batch_size, "deletes in one transaction (1000)");
  app.option("path", arguments->path, "the root of what is deleted").required();
  return [arguments](Context& context) {
    return delete_all(context, *arguments);
  };
}

Outcome count_descendants(Context& context, const std::string& path) {
  if (const auto valid = check_path(path); !valid) return valid;
  const auto count = context.client().descendant_count(path);
  if (!count) return refused(count.error(), path);
  context.out().json({{"path", path}, {"count", *count}});
  context.out().line(std::to_string(*count));
  return {};
}

Action define_count_descendants(arguments::App& app) {
  auto path = std::make_shared<std::string>();
  app.option("path", *path, "the node").required();
  return [path](Context& context) {
    return count_descendants(context, *path);
  };
}

Outcome ephemerals(Context& context, const std::string& prefix) {
  if (const auto valid = check_path(prefix); !valid) return valid;
  const auto paths = context.client().ephemerals(prefix);
  if (!paths) return refused(paths.error(), prefix);
  context.out().json({{"path", prefix}, {"ephemerals", to_json(*paths)}});
  context.out().line(fmt::format("[{}]", fmt::join(*paths, ", ")));
  return {};
}

Action define_ephemerals(arguments::App& app) {
  auto prefix = std::make_shared<std::string>("/");
  app.option("path", *prefix, "only those that start so");
  return [prefix](Context& context) {
    return ephemerals(context, *prefix);
  };
}

Outcome sync(Context& context, const std::string& path) {
  if (const auto valid = check_path(path); !valid) return valid;
  const auto done = context.client().sync(path);
  if (!done) return refused(done.error(), path);
  context.out().json({{"path", path}, {"synced", true}});
  context.out().line("Sync is OK");
  return {};
}

Action define_sync(arguments::App& app) {
  auto path = std::make_shared<std::string>();
  app.option("path", *path, "any path").required();
  return [path](Context& context) {
    return sync(context, *path);
  };
}

constexpr auto kCommands = std::to_array<Command>({
    {"deleteall",
     "[-b batch size] path",
     "delete a node and all below it",
     Needs::Connection,
     define_delete_all},
    {"getAllChildrenNumber",
     "path",
     "count all nodes below a node",
     Needs::Connection,
     define_count_descendants},
    {"getEphemerals",
     "[path]",
     "list the ephemerals of this session",
     Needs::Connection,
     define_ephemerals},
    {"ls", "[-s] [-w] [-R] path", "list a node's children", Needs::Connection, define_ls},
    {"sync", "path", "make later reads see all writes done before", Needs::Connection, define_sync},
});

}  // namespace

std::span<const Command> tree_commands() {
  return kCommands;
}

}  // namespace paddock::cli
