// SPDX-License-Identifier: Apache-2.0
//
// setquota, listquota, delquota. The server knows no quota operation: limits are nodes that every
// client writes in the same way.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "client_cli/command.h"
#include "client_cli/subtree.h"
#include "client_session/host_list.h"
#include "client_text/quota_text.h"

namespace paddock::cli {

namespace {

/// Quotas are kept outside of every chroot.
Outcome check_quota_path(Context& context, const std::string& path) {
  if (auto valid = check_path(path); !valid) return valid;
  const auto servers = client::parse_connect_string(context.settings().servers);
  if (servers && !servers->chroot.empty()) {
    return misused("quotas are kept outside of the chroot: use --server without one");
  }
  if (path.starts_with(client::kQuotaRoot)) {
    return misused(fmt::format("cannot set a quota under the path: {}", client::kQuotaRoot));
  }
  return {};
}

std::expected<client::Quota, Failure> read_quota(Context& context, const std::string& node) {
  const auto data = context.client().get(node, nullptr);
  if (!data) return refused(data.error(), node);
  auto quota = client::parse_quota(data->data.value_or(""));
  if (!quota) return failed(fmt::format("{}: {}", node, quota.error().message));
  return *quota;
}

bool is_missing(const Failure& failure) {
  return failure.code == ErrorCode::NoNode;
}

// ---- setquota

struct SetQuotaArguments {
  std::optional<std::int64_t> count;
  std::optional<std::int64_t> bytes;
  std::optional<std::int64_t> count_hard;
  std::optional<std::int64_t> bytes_hard;
  std::string path;
};

Outcome check_limits(const SetQuotaArguments& arguments) {
  if (!arguments.count && !arguments.bytes && !arguments.count_hard && !arguments.bytes_hard) {
    return misused("say which limit to set: -n, -b, -N or -B");
  }
  if (arguments.count.value_or(1) <= 0 || arguments.count_hard.value_or(1) <= 0) {
    return misused("the num quota must be greater than zero");
  }
  if (arguments.bytes.value_or(0) < 0 || arguments.bytes_hard.value_or(0) < 0) {
    return misused("the bytes quota must be greater than or equal to zero");
  }
  return {};
}

void apply(const SetQuotaArguments& arguments, client::Quota& quota) {
  quota.count = arguments.count.value_or(quota.count);
  quota.bytes = arguments.bytes.value_or(quota.bytes);
  quota.count_hard = arguments.count_hard.value_or(quota.count_hard);
  quota.bytes_hard = arguments.bytes_hard.value_or(quota.bytes_hard);
  quota.has_hard = true;
}

/// A path from the root to a leaf can have one quota.
Outcome check_no_other_quota(Context& context, const std::string& path) {
  for (View above = client::parent_path(path); !above.empty(); above = client::parent_path(above)) {
    if (context.client().exists(client::quota_limits_path(above), nullptr)) {
      return failed(fmt::format("{} has a parent {} which has a quota", path, above));
    }
  }
  const auto below = Subtree::read(context.client(), client::quota_path(path), nullptr);
  if (!below && is_missing(below.error())) return {};
  if (!below) return std::unexpected(below.error());
  const std::string own = client::quota_limits_path(path);
  for (const std::string& node : below->paths()) {
    if (node == own || !node.ends_with(fmt::format("/{}", client::kQuotaLimitsName))) continue;
    const View limited = client::parent_path(View(node).substr(client::kQuotaRoot.size()));
    return failed(fmt::format("{} has a child {} which has a quota", path, limited));
  }
  return {};
}

/// Makes `node` and all that is missing above it.
Outcome ensure_node(Context& context, const std::string& node) {
  for (std::size_t end = node.find('/', 1);; end = node.find('/', end + 1)) {
    const View part = View(node).substr(0, end);
    const auto created = context.client().create(part, {});
    if (!created && created.error() != ErrorCode::NodeExists) return refused(created.error(), part);
    if (end == std::string::npos) return {};
  }
}

Outcome create_quota(Context& context, const std::string& path, const client::Quota& quota) {
  if (auto made = ensure_node(context, client::quota_path(path)); !made) return made;
  const std::string limits = client::quota_limits_path(path);
  const std::string text = to_string(quota);
  const auto created = context.client().create(limits, {.data = text});
  if (!created) return refused(created.error(), limits);
  const std::string stats = client::quota_stats_path(path);
  const std::string nothing = to_string(client::Quota{.count = 0, .bytes = 0});
  const auto counted = context.client().create(stats, {.data = nothing});
  if (!counted && counted.error() != ErrorCode::NodeExists) return refused(counted.error(), stats);
  return {};
}

void warn_if_exceeded(Context& context, const std::string& path, const client::Quota& quota) {
  const auto usage = read_quota(context, client::quota_stats_path(path));
  if (!usage) return;
  const auto exceeds = [](std::int64_t limit, std::int64_t used) {
    return limit > -1 && limit < used;
  };
  if (exceeds(quota.count, usage->count) || exceeds(quota.count_hard, usage->count)) {
    context.out().line(fmt::format(
        "[Warning]: the count quota you create is less than the existing count:{}", usage->count));
  }
  if (exceeds(quota.bytes, usage->bytes) || exceeds(quota.bytes_hard, usage->bytes)) {
    context.out().line(fmt::format(
        "[Warning]: the bytes quota you create is less than the existing bytes:{}", usage->bytes));
  }
}

boost::json::object to_json(const client::Quota& quota) {
  return {{"count", quota.count},
          {"bytes", quota.bytes},
          {"count_hard", quota.count_hard},
          {"bytes_hard", quota.bytes_hard}};
}

Outcome set_quota(Context& context, const SetQuotaArguments& arguments) {
  const std::string& path = arguments.path;
  if (auto valid = check_quota_path(context, path); !valid) return valid;
  if (auto valid = check_limits(arguments); !valid) return valid;
  const auto node = context.client().exists(path, nullptr);
  if (!node && node.error() == ErrorCode::NoNode) return failed(path + " does not exist.");
  if (!node) return refused(node.error(), path);
  if (auto free = check_no_other_quota(context, path); !free) return free;

  auto quota = read_quota(context, client::quota_limits_path(path));
  if (!quota && !is_missing(quota.error())) return std::unexpected(quota.error());
  client::Quota wanted = quota.value_or(client::Quota{});
  apply(arguments, wanted);
  if (quota) {
    const std::string limits = client::quota_limits_path(path);
    const auto changed = context.client().set(limits, to_string(wanted), client::kAnyVersion);
    if (!changed) return refused(changed.error(), limits);
  } else if (auto created = create_quota(context, path, wanted); !created) {
    return created;
  }
  warn_if_exceeded(context, path, wanted);
  context.out().json({{"path", path}, {"quota", to_json(wanted)}});
  return {};
}

Action define_set_quota(arguments::App& app) {
  auto arguments = std::make_shared<SetQuotaArguments>();
  app.option("-n", arguments->count, "nodes in the subtree: more are logged");
  app.option("-b", arguments->bytes, "bytes of data in the subtree: more are logged");
  app.option("-N", arguments->count_hard, "nodes: more are refused (if the server enforces it)");
  app.option("-B", arguments->bytes_hard, "bytes: more are refused (if the server enforces it)");
  app.option("path", arguments->path, "the root of the subtree").required();
  return [arguments](Context& context) {
    return set_quota(context, *arguments);
  };
}

// ---- listquota

Outcome list_quota(Context& context, const std::string& path) {
  if (auto valid = check_quota_path(context, path); !valid) return valid;
  const std::string limits = client::quota_limits_path(path);
  if (!context.out().is_json()) context.out().remark("absolute path is " + limits);
  const auto quota = read_quota(context, limits);
  if (!quota && is_missing(quota.error())) return failed("quota for " + path + " does not exist.");
  if (!quota) return std::unexpected(quota.error());
  const auto usage = read_quota(context, client::quota_stats_path(path));
  if (!usage) return std::unexpected(usage.error());
  context.out().line(fmt::format("Output quota for {} {}", path, to_string(*quota)));
  context.out().line(fmt::format("Output stat for {} {}", path, to_string(*usage)));
  context.out().json({{"path", path},
                      {"quota", to_json(*quota)},
                      {"usage", {{"count", usage->count}, {"bytes", usage->bytes}}}});
  return {};
}

Action define_list_quota(arguments::App& app) {
  auto path = std::make_shared<std::string>();
  app.option("path", *path, "the root of the subtree").required();
  return [path](Context& context) {
    return list_quota(context, *path);
  };
}

// ---- delquota

struct DeleteQuotaArguments {
  bool count = false;
  bool bytes = false;
  bool count_hard = false;
  bool bytes_hard = false;
  std::string path;

  [[nodiscard]] bool has_flag() const { return count || bytes || count_hard || bytes_hard; }
};

Outcome lift_limits(Context& context, const DeleteQuotaArguments& arguments, client::Quota quota) {
  if (arguments.count) quota.count = -1;
  if (arguments.bytes) quota.bytes = -1;
  if (arguments.count_hard) quota.count_hard = -1;
  if (arguments.bytes_hard) quota.bytes_hard = -1;
  const std::string limits = client::quota_limits_path(arguments.path);
  const auto changed = context.client().set(limits, to_string(quota), client::kAnyVersion);
  if (!changed) return refused(changed.error(), limits);
  context.out().json({{"path", arguments.path}, {"quota", to_json(quota)}});
  return {};
}

/// Deletes the quota's nodes, and the nodes above them that no other quota needs.
Outcome delete_quota_nodes(Context& context, const std::string& path) {
  for (const std::string& node :
       {client::quota_limits_path(path), client::quota_stats_path(path)}) {
    const auto done = context.client().remove(node, client::kAnyVersion);
    if (!done && done.error() != ErrorCode::NoNode) return refused(done.error(), node);
  }
  for (std::string node = client::quota_path(path); node != client::kQuotaRoot;
       node = client::parent_path(node)) {
    const auto done = context.client().remove(node, client::kAnyVersion);
    if (!done && done.error() == ErrorCode::NotEmpty) break;
    if (!done) return refused(done.error(), node);
  }
  context.out().json({{"path", path}, {"quota", nullptr}});
  return {};
}

Outcome delete_quota(Context& context, const DeleteQuotaArguments& arguments) {
  if (auto valid = check_quota_path(context, arguments.path); !valid) return valid;
  const auto quota = read_quota(context, client::quota_limits_path(arguments.path));
  if (!quota && is_missing(quota.error())) {
    return failed("Quota does not exist for " + arguments.path);
  }
  if (!quota) return std::unexpected(quota.error());
  if (arguments.has_flag()) return lift_limits(context, arguments, *quota);
  return delete_quota_nodes(context, arguments.path);
}

Action define_delete_quota(arguments::App& app) {
  auto arguments = std::make_shared<DeleteQuotaArguments>();
  app.flag("-n", arguments->count, "lift only this limit");
  app.flag("-b", arguments->bytes, "lift only this limit");
  app.flag("-N", arguments->count_hard, "lift only this limit");
  app.flag("-B", arguments->bytes_hard, "lift only this limit");
  app.option("path", arguments->path, "the root of the subtree").required();
  return [arguments](Context& context) {
    return delete_quota(context, *arguments);
  };
}

constexpr auto kCommands = std::to_array<Command>({
    {"delquota",
     "[-n|-b|-N|-B] path",
     "remove a quota, or some of its limits",
     Needs::Connection,
     define_delete_quota},
    {"listquota",
     "path",
     "print a subtree's limits and usage",
     Needs::Connection,
     define_list_quota},
    {"setquota",
     "-n|-b|-N|-B val path",
     "limit the size of a subtree",
     Needs::Connection,
     define_set_quota},
});

}  // namespace

std::span<const Command> quota_commands() {
  return kCommands;
}

}  // namespace paddock::cli
