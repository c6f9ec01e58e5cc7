// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>
#include <fmt/format.h>

#include "apache/convert.h"
#include "tree/digest.h"
#include "tree/loader.h"
#include "tree/node_columns.h"
#include "tree/owner.h"
#include "tree/path.h"
#include "tree/quota.h"
#include "tree/znode.h"

namespace paddock::apache {
namespace {

constexpr std::size_t kChunkBytes = std::size_t{1} << 20U;
constexpr int kChunkNodes = 8192;

View shown(View path) {
  return path.empty() ? View{"/"} : path;
}

// --- Before: what a start of that server does to the tree.

/// Older versions have none of these, and quotas may have been counted while the tree changed.
void add_system_nodes(Tree& tree) {
  const AclList open = {{31, "world", "anyone"}};
  const AclList readable = {{1, "world", "anyone"}};
  const Node* const root = tree.find(kEmpty);
  const auto add = [&](View path, const AclList& acl) {
    if (tree.find(path) != nullptr) return;
    [[maybe_unused]] const bool added = tree.load({.path = path,
                                                   .data = kEmpty,
                                                   .acl = tree.intern(acl),
                                                   .ctime = root->ctime,
                                                   .mtime = root->mtime});
  };
  add("/zookeeper", open);
  add("/zookeeper/quota", open);
  add(tree::kConfigPath, readable);
  tree.rewrite(tree::kConfigPath, {});
}

struct Counts {
  std::int64_t nodes = 0;
  std::int64_t bytes = 0;
};

void recount_quotas(Tree& tree) {
  boost::unordered_flat_map<View, Counts, ViewHash> limited;
  for (const Node& node : tree.nodes()) {
    const View path = node.is_live ? tree::limited_path(node.path) : View{};
    if (!is_null(path)) limited.try_emplace(path);
  }
  if (limited.empty()) return;
  for (const Node& node : tree.nodes()) {
    if (!node.is_live || node.path.empty()) continue;
    for (View at = node.path; !at.empty(); at = at.substr(0, at.rfind('/'))) {
      const auto found = limited.find(at);
      if (found == limited.end()) continue;
      ++found->second.nodes;
      found->second.bytes += static_cast<std::int64_t>(node.data.size());
    }
  }
  for (const auto& [path, counts] : limited) {
    const std::string at = tree::quota_stats_path(path);
    const Node* const node = tree.find(at);
    if (node == nullptr) continue;
    tree::QuotaText text(node->data);
    text.set(tree::kQuotaCount, counts.nodes);
    text.set(tree::kQuotaBytes, counts.bytes);
    tree.rewrite(at, text.text());
  }
}

// --- The state, by the way that any snapshot takes.

class Conversion {
 public:
  Conversion(const Loaded& loaded, Zxid zxid) : loaded_(loaded), zxid_(zxid) {}

  Result<std::unique_ptr<data::State>> run(std::vector<std::string>& warnings) {
    number_nodes();
    PADDOCK_TRY(add_acls());
    for (const Node& node : loaded_.tree.nodes()) {
      if (!node.is_live) continue;
      const auto parent = parent_of(node);
      if (!parent) {
        warnings.push_back(fmt::format("{} is left out: its parent is not there", node.path));
        continue;
      }
      PADDOCK_TRY(add(node, *parent));
    }
    PADDOCK_TRY(add_totals());
    PADDOCK_TRY(loader_.finish());
    auto state = std::make_unique<data::State>();
    loader_.install(state->tree);
    for (const auto& [id, timeout] : loaded_.sessions) {
      state->sessions[SessionId{id}] = {.id = SessionId{id}, .timeout = milliseconds(timeout)};
    }
    return state;
  }

 private:
  /// Parents stand before their children, but for those that were deleted and came again.
  void number_nodes() {
    ids_.reserve(loaded_.tree.size());
    std::uint32_t next = 1;
    for (const Node& node : loaded_.tree.nodes()) {
      if (node.is_live) ids_.emplace(node.path, tree::NodeId{next++});
    }
  }

  std::optional<tree::NodeId> parent_of(const Node& node) const {
    if (node.path.empty()) return tree::kNoNode;
    const auto found = ids_.find(node.path.substr(0, node.path.rfind('/')));
    return found == ids_.end() ? std::nullopt : std::optional(found->second);
  }

  Result<> add_acls() {
    tree::pb::TreeChunk chunk;
    for (AclIndex index = 0; index < loaded_.tree.acl_count(); ++index) {
      // 0 would be the open list.
      tree::append_acl(index + 1, loaded_.tree.acl(index), chunk);
    }
    return loader_.add(chunk.SerializeAsString());
  }

  Result<> add(const Node& node, tree::NodeId parent) {
    const tree::Znode znode = znode_of(node, parent);
    tree::pb::Nodes& nodes = *chunk_.mutable_nodes();
    columns_.append(ids_.find(node.path)->second, znode, nodes);
    count(znode);
    const bool is_full =
        nodes.id_size() >= kChunkNodes || nodes.data().size() + nodes.paths().size() >= kChunkBytes;
    return is_full ? flush() : Result<>{};
  }

  /// As the tree would have it; its texts are those of `node`.
  static tree::Znode znode_of(const Node& node, tree::NodeId parent) {
    const View path = shown(node.path);
    tree::Znode made{};
    made.czxid = node.czxid;
    made.mzxid = node.mzxid;
    made.pzxid = node.pzxid;
    made.ctime = node.ctime;
    made.mtime = node.mtime;
    made.owner = node.owner;
    made.path_bytes = path.data();
    made.data_bytes = node.data.data();
    made.path_length = static_cast<std::uint32_t>(path.size());
    made.data_length = static_cast<std::uint32_t>(node.data.size());
    made.parent = parent;
    made.version = node.version;
    made.cversion = node.cversion;
    made.aversion = node.aversion;
    made.acl = tree::AclId{node.acl + 1};
    return made;
  }

  void count(const tree::Znode& node) {
    totals_.set_nodes(totals_.nodes() + 1);
    totals_.set_data_bytes(totals_.data_bytes() +
                           static_cast<std::int64_t>(node.path().size() + node.data().size()));
    if (tree::is_ephemeral(node.owner)) totals_.set_ephemerals(totals_.ephemerals() + 1);
    if (!tree::is_digested(node.path())) return;
    const std::uint64_t hash = hash64(node.path());
    totals_.set_digest(totals_.digest() + tree::data_digest(hash, node.data()) +
                       tree::stat_digest(hash, node));
  }

  Result<> flush() {
    const std::string bytes = chunk_.SerializeAsString();
    chunk_.Clear();
    columns_.restart();
    return loader_.add(bytes);
  }

  Result<> add_totals() {
    totals_.set_zxid(zxid_.value);
    *chunk_.mutable_totals() = totals_;
    return flush();
  }

  const Loaded& loaded_;
  Zxid zxid_;
  boost::unordered_flat_map<View, tree::NodeId, ViewHash> ids_;
  tree::TreeLoader loader_;
  tree::pb::TreeChunk chunk_;
  tree::pb::Totals totals_;
  tree::NodeColumns columns_;
};

}  // namespace

Result<std::unique_ptr<data::State>> to_state(Loaded& loaded,
                                              Zxid zxid,
                                              std::vector<std::string>& warnings) {
  if (loaded.tree.find(kEmpty) == nullptr) return fail("the snapshot has no root");
  add_system_nodes(loaded.tree);
  recount_quotas(loaded.tree);
  return Conversion(loaded, zxid).run(warnings);
}

}  // namespace paddock::apache
