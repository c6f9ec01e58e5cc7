// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <vector>

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "datatool/commands.h"
#include "datatool/describe.h"
#include "datatool/walk.h"
#include "storage/posix_disk.h"

namespace paddock::datatool {
namespace {

namespace json = boost::json;

std::string acl_text(const data::State& state, tree::AclId id) {
  std::string text;
  for (const tree::AclEntry& entry : state.tree.acl_entries(id)) {
    text += fmt::format("{}{}:{}:{}", text.empty() ? "" : ",", entry.scheme, entry.id, entry.perms);
  }
  return text;
}

class Compare {
 public:
  Compare(const data::State& a, const data::State& b, std::int64_t limit, cli::Output& out)
      : a_(a), b_(b), limit_(limit), out_(out) {}

  bool run() {
    walk(a_.tree, "/", [this](const tree::NodeView& node) { compare_node(node); });
    walk(b_.tree, "/", [this](const tree::NodeView& node) {
      if (a_.tree.find(node.path) == nullptr) tell(node.path, "only in the second");
    });
    for (const auto& [id, session] : a_.sessions) compare_session(session);
    for (const auto& [id, session] : b_.sessions) {
      if (!a_.sessions.contains(id)) tell("session " + hex(raw(id)), "only in the second");
    }
    const bool is_same = found_ == 0;
    out_.line(is_same ? fmt::format("no difference: {} znodes, digest {}",
                                    a_.tree.counts().nodes,
                                    hex(static_cast<std::int64_t>(a_.tree.digest())))
                      : fmt::format("{} differences", found_));
    out_.json(json::object{{"same", is_same}, {"differences", found_}, {"first", listed_}});
    return is_same;
  }

 private:
  void tell(View what, const std::string& how) {
    if (++found_ > limit_) return;
    out_.line(fmt::format("{}: {}", printable(what), how));
    listed_.push_back(json::object{{"what", printable(what)}, {"how", how}});
  }

  void compare_node(const tree::NodeView& node) {
    const tree::Znode* const other = b_.tree.find(node.path);
    if (other == nullptr) return tell(node.path, "only in the first");
    const tree::NodeView there = b_.tree.view(*other);
    if (is_null(node.data) != is_null(there.data) || node.data != there.data) {
      tell(node.path,
           fmt::format("data differs, {} and {} bytes", node.data.size(), there.data.size()));
    }
    const auto field = [&](std::string_view name, std::int64_t mine, std::int64_t theirs) {
      if (mine != theirs)
        tell(node.path, fmt::format("{} {} and {}", name, hex(mine), hex(theirs)));
    };
    field("czxid", node.stat.czxid, there.stat.czxid);
    field("mzxid", node.stat.mzxid, there.stat.mzxid);
    field("pzxid", node.stat.pzxid, there.stat.pzxid);
    field("ctime", node.stat.ctime, there.stat.ctime);
    field("mtime", node.stat.mtime, there.stat.mtime);
    field("version", node.stat.version, there.stat.version);
    field("cversion", node.cversion, there.cversion);
    field("aversion", node.stat.aversion, there.stat.aversion);
    field("owner", node.owner, there.owner);
    const std::string acl = acl_text(a_, node.acl);
    const std::string other_acl = acl_text(b_, there.acl);
    if (acl != other_acl) tell(node.path, fmt::format("acl {} and {}", acl, other_acl));
  }

  void compare_session(const session::Session& session) {
    const auto other = b_.sessions.find(session.id);
    const std::string what = "session " + hex(raw(session.id));
    if (other == b_.sessions.end()) return tell(what, "only in the first");
    if (other->second.timeout == session.timeout) return;
    tell(what,
         fmt::format(
             "timeout {} and {} ms", session.timeout.count(), other->second.timeout.count()));
  }

  const data::State& a_;
  const data::State& b_;
  std::int64_t limit_;
  cli::Output& out_;
  std::int64_t found_ = 0;
  json::array listed_;
};

}  // namespace

Verdict compare(const CompareOptions& options, cli::Output& out) {
  storage::PosixDisk disk;
  const auto first = load_state(disk, options.first);
  PADDOCK_TRY(first);
  const auto second = load_state(disk, options.second);
  PADDOCK_TRY(second);
  return Compare(**first, **second, options.limit, out).run();
}

}  // namespace paddock::datatool
