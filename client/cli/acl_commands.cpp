// SPDX-License-Identifier: Apache-2.0
//
// addauth, getAcl, setAcl, whoami: who may do what.
#include <array>

#include <fmt/format.h>

#include "client_cli/command.h"
#include "client_cli/subtree.h"
#include "client_text/acl_text.h"
#include "jute/permissions.h"

namespace paddock::cli {

namespace {

struct AuthArguments {
  std::string scheme;
  std::string auth;
};

Outcome add_auth(Context& context, const AuthArguments& arguments) {
  const auto done = context.client().add_auth(arguments.scheme, arguments.auth);
  if (!done) return refused(done.error(), arguments.scheme);
  context.out().json({{"scheme", arguments.scheme}});
  return {};
}

Action define_add_auth(arguments::App& app) {
  auto arguments = std::make_shared<AuthArguments>();
  app.option("scheme", arguments->scheme, "digest, for example").required();
  app.option("auth", arguments->auth, "user:password, for digest");
  return [arguments](Context& context) {
    return add_auth(context, *arguments);
  };
}

struct GetAclArguments {
  bool with_stat = false;
  std::string path;
};

Outcome get_acl(Context& context, const GetAclArguments& arguments) {
  if (const auto valid = check_path(arguments.path); !valid) return valid;
  const auto answer = context.client().get_acl(arguments.path);
  if (!answer) return refused(answer.error(), arguments.path);
  boost::json::array entries;
  for (const client::Acl& entry : answer->acl) {
    const std::string letters = jute::permission_letters(entry.perms);
    context.out().line(fmt::format("'{},'{}\n: {}", entry.scheme, entry.id, letters));
    entries.push_back({{"scheme", entry.scheme}, {"id", entry.id}, {"perms", letters}});
  }
  context.out().json(
      {{"path", arguments.path}, {"acl", std::move(entries)}, {"stat", to_json(answer->stat)}});
  if (arguments.with_stat) context.out().stat(answer->stat);
  return {};
}

Action define_get_acl(arguments::App& app) {
  auto arguments = std::make_shared<GetAclArguments>();
  app.flag("-s", arguments->with_stat, "print the node's Stat too");
  app.option("path", arguments->path, "the node").required();
  return [arguments](Context& context) {
    return get_acl(context, *arguments);
  };
}

struct SetAclArguments {
  bool with_stat = false;
  bool is_recursive = false;
  std::int32_t version = client::kAnyVersion;
  std::string path;
  std::string acl;
};

Outcome set_acl_recursive(Context& context,
                          const SetAclArguments& arguments,
                          std::span<const client::Acl> acl) {
  const auto tree = Subtree::read(context.client(), arguments.path, nullptr);
  if (!tree) return std::unexpected(tree.error());
  std::size_t failures = 0;
  for (const std::string& path : tree->paths()) {
    const auto stat = context.client().set_acl(path, acl, arguments.version);
    if (stat) continue;
    ++failures;
    context.out().remark(refused(stat.error(), path).error().message);
  }
  if (failures > 0) {
    return failed(fmt::format("{} of {} nodes kept their ACL", failures, tree->paths().size()));
  }
  context.out().json({{"path", arguments.path}, {"changed", tree->paths().size()}});
  return {};
}

Outcome set_acl(Context& context, const SetAclArguments& arguments) {
  if (const auto valid = check_path(arguments.path); !valid) return valid;
  const auto acl = client::parse_acl(arguments.acl);
  if (!acl) return misused(acl.error().message);
  if (arguments.is_recursive) return set_acl_recursive(context, arguments, *acl);
  const auto stat = context.client().set_acl(arguments.path, *acl, arguments.version);
  if (!stat) return refused(stat.error(), arguments.path);
  context.out().json({{"path", arguments.path}, {"stat", to_json(*stat)}});
  if (arguments.with_stat) context.out().stat(*stat);
  return {};
}

Action define_set_acl(arguments::App& app) {
  auto arguments = std::make_shared<SetAclArguments>();
  app.flag("-s", arguments->with_stat, "print the node's new Stat");
  app.flag("-R", arguments->is_recursive, "for the whole subtree");
  app.option("-v", arguments->version, "only if the ACL has this version");
  app.option("path", arguments->path, "the node").required();
  app.option("acl", arguments->acl, "scheme:id:perms[,…]").required();
  return [arguments](Context& context) {
    return set_acl(context, *arguments);
  };
}

Outcome who_am_i(Context& context) {
  const auto identities = context.client().who_am_i();
  if (!identities) return refused(identities.error(), "whoami");
  boost::json::array entries;
  context.out().line("Auth scheme: User");
  for (const client::Identity& identity : *identities) {
    context.out().line(fmt::format("{}: {}", identity.scheme, identity.user));
    entries.push_back({{"scheme", identity.scheme}, {"user", identity.user}});
  }
  context.out().json({{"identities", std::move(entries)}});
  return {};
}

Action define_who_am_i(arguments::App& /*app*/) {
  return who_am_i;
}

constexpr auto kCommands = std::to_array<Command>({
    {"addauth", "scheme auth", "present a credential", Needs::Connection, define_add_auth},
    {"getAcl", "[-s] path", "print a node's ACL", Needs::Connection, define_get_acl},
    {"setAcl",
     "[-s] [-v version] [-R] path acl",
     "change a node's ACL",
     Needs::Connection,
     define_set_acl},
    {"whoami", "", "print how the server knows this session", Needs::Connection, define_who_am_i},
});

}  // namespace

std::span<const Command> acl_commands() {
  return kCommands;
}

}  // namespace paddock::cli
