// SPDX-License-Identifier: Apache-2.0
#include "tree/data_tree.h"

#include "base/assert.h"
#include "jute/writer.h"
#include "tree/tree_state.h"

namespace paddock::tree {
namespace {

constexpr std::int32_t kReadPermission = 1;

/// The nodes that a fresh tree has.
void add_first_nodes(TreeState& state) {
  state.acls.use(kOpenAcl);
  const NodeId root = state.add({.path = "/", .data = kEmpty});
  PADDOCK_ASSERT(root == TreeState::kRoot);
  state.acls.use(kOpenAcl);
  const NodeId system =
      state.add({.path = "/zookeeper", .data = kEmpty, .parent = TreeState::kRoot});
  state.acls.use(kOpenAcl);
  state.add({.path = "/zookeeper/quota", .data = kEmpty, .parent = system});

  jute::ListBuilder<jute::Acl> readable;
  readable.add({kReadPermission, {"world", "anyone"}});
  const AclId acl = state.acls.intern(readable.view());
  const NodeId config =
      state.add({.path = kConfigPath, .data = kEmpty, .parent = system, .acl = acl});
  // ZooKeeper sets this node's list with version -1, and clients can see that.
  state.change_stat(config, [](Znode& node) { node.aversion = -1; });
}

}  // namespace

DataTree::DataTree() : state_(std::make_unique<TreeState>()) {
  add_first_nodes(*state_);
}

DataTree::~DataTree() = default;

const Znode* DataTree::find(View path) const {
  const NodeId id = state_->find(path);
  if (id != kNoNode) [[likely]]
    return &state_->nodes[id];
  return path.empty() ? &state_->nodes[TreeState::kRoot] : nullptr;
}

NodeView DataTree::view(const Znode& node) const {
  return {.path = node.path(),
          .data = node.data(),
          .acl = node.acl,
          .owner = node.owner,
          .cversion = node.cversion,
          .stat = TreeState::stat(node)};
}

jute::Stat DataTree::stat(const Znode& node) const {
  return TreeState::stat(node);
}

View DataTree::data(const Znode& node) const {
  return node.data();
}

AclId DataTree::acl(const Znode& node) const {
  return node.acl;
}

void DataTree::write_children(const Znode& node, ByteBuffer& out) const {
  jute::Writer writer(out);
  writer.put(node.num_children);
  const std::size_t name_offset = node.path_length == 1 ? 1 : node.path_length + std::size_t{1};
  for (NodeId id = node.first_child; id != kNoNode;) {
    const Znode& child = state_->nodes[id];
    writer.put(child.path().substr(name_offset));
    id = child.next;
  }
}

void DataTree::for_each_child(const Znode& node,
                              const std::function<void(const Znode&)>& each) const {
  for (NodeId id = node.first_child; id != kNoNode; id = state_->nodes[id].next) {
    each(state_->nodes[id]);
  }
}

std::size_t DataTree::descendants(const Znode& node) const {
  if (&node == &state_->nodes[TreeState::kRoot]) return state_->nodes.size() - 1;
  std::size_t count = 0;
  state_->for_subtree(state_->find(node.path()), [&](const Znode&) { ++count; });
  return count - 1;
}

void DataTree::for_each_ephemeral(SessionId session,
                                  const std::function<void(View path)>& each) const {
  state_->ephemerals.for_each(session, [&](NodeId id) { each(state_->nodes[id].path()); });
}

std::size_t DataTree::ephemeral_count(SessionId session) const {
  return state_->ephemerals.count_of(session);
}

std::vector<SessionId> DataTree::sessions_with_ephemerals() const {
  return state_->ephemerals.sessions();
}

std::span<const AclEntry> DataTree::acl_entries(AclId id) const {
  return state_->acls.entries(id);
}

TreeCounts DataTree::counts() const {
  return {.nodes = state_->nodes.size() + 1,  // the root counts twice, as "" and as "/"
          .ephemerals = state_->ephemerals.count(),
          .data_bytes = state_->data_bytes,
          .node_memory = state_->nodes.size() * sizeof(Znode),
          .index_memory = state_->index.bytes(),
          .content_memory = state_->slabs.bytes_in_use()};
}

std::optional<Quota> DataTree::quota_of(View path) const {
  const View covering = state_->quotas.covering(path);
  if (is_null(covering)) return std::nullopt;
  const NodeId limits_id = state_->find(quota_limits_path(covering));
  const NodeId stats_id = state_->find(quota_stats_path(covering));
  if (limits_id == kNoNode || stats_id == kNoNode) return std::nullopt;
  const QuotaText limits(state_->nodes[limits_id].data());
  const QuotaText stats(state_->nodes[stats_id].data());
  return Quota{.path = covering,
               .count = stats.get(kQuotaCount),
               .bytes = stats.get(kQuotaBytes),
               .count_limit = limits.get(kQuotaCount),
               .bytes_limit = limits.get(kQuotaBytes),
               .count_hard_limit = limits.get(kQuotaCountHardLimit),
               .bytes_hard_limit = limits.get(kQuotaBytesHardLimit)};
}

std::vector<Quota> DataTree::quotas(std::size_t limit) const {
  std::vector<Quota> found;
  for (const std::string& path : state_->quotas) {
    if (found.size() == limit) break;
    if (auto quota = quota_of(path)) found.push_back(*quota);
  }
  return found;
}

std::uint64_t DataTree::digest() const {
  return state_->digest;
}

Zxid DataTree::last_zxid() const {
  return state_->last_zxid;
}

void DataTree::release_unused_acls() {
  // A walk names the lists of nodes as they were, used or not; it lasts seconds.
  if (state_->walk() == nullptr) state_->acls.release_unused();
}

void DataTree::collect_expired(std::int64_t now_ms,
                               std::int64_t never_used_ms,
                               std::size_t limit,
                               std::vector<std::string>& paths) const {
  for (const std::uint32_t index : state_->expiring) {
    if (limit == 0) return;
    const Znode& node = state_->nodes[NodeId{index}];
    if (!is_expired(node, now_ms, never_used_ms)) continue;
    paths.emplace_back(node.path());
    --limit;
  }
}

bool DataTree::is_expired(const Znode& node, std::int64_t now_ms, std::int64_t never_used_ms) {
  if (node.num_children > 0) return false;
  const std::int64_t age_ms = now_ms - node.mtime;
  if (is_ttl(node.owner)) return ttl_ms(node.owner) != 0 && age_ms > ttl_ms(node.owner);
  if (!is_container(node.owner)) return false;
  return node.cversion > 0 || (never_used_ms != 0 && age_ms > never_used_ms);
}

void DataTree::check_invariants() const {
  state_->check_invariants();
}

}  // namespace paddock::tree
