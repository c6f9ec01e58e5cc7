// SPDX-License-Identifier: Apache-2.0
#include "tree/tree_state.h"

#include "base/assert.h"
#include "tree/owner.h"
#include "tree/path.h"
#include "tree/snapshot.h"

namespace paddock::tree {
namespace {

[[nodiscard]] std::int64_t footprint(const Znode& node) {
  return std::int64_t{node.path_length} + std::int64_t{node.data_length};
}

[[nodiscard]] bool is_expiring(std::int64_t owner) {
  return is_container(owner) || is_ttl(owner);
}

}  // namespace

TreeState::~TreeState() {
  abandon_walk();
  // Large blocks lie outside the slabs and have to be given back one by one.
  for (std::uint32_t index_of_node = 1; index_of_node < nodes.end(); ++index_of_node) {
    const Znode& node = nodes[NodeId{index_of_node}];
    if (!node.is_live()) continue;
    if (node.path_length > SlabAllocator::kBlockMax) slabs.free(node.path());
    if (node.data_length > SlabAllocator::kBlockMax) slabs.free(node.data());
  }
}

NodeId TreeState::add(const NewNode& created) {
  const NodeId id = nodes.allocate();
  Znode& node = nodes[id];
  const View path = slabs.copy(created.path);
  const View data = slabs.copy(created.data);
  node.path_bytes = path.data();
  node.path_length = static_cast<std::uint32_t>(path.size());
  node.data_bytes = data.data();
  node.data_length = static_cast<std::uint32_t>(data.size());
  node.parent = created.parent;
  node.acl = created.acl;
  node.owner = created.owner;
  node.czxid = node.mzxid = node.pzxid = created.zxid;
  node.ctime = node.mtime = created.time_ms;
  adopt(id, hash64(path));
  return id;
}

void TreeState::adopt(NodeId id, std::uint64_t path_hash) {
  const Znode& node = nodes[id];
  if (node.parent != kNoNode) link(id);
  index.insert(path_hash, id);
  quotas.on_added(node.path());
  if (is_expiring(node.owner)) expiring.insert(static_cast<std::uint32_t>(id));
  if (is_digested(node.path())) {
    digest += data_digest(path_hash, node.data()) + stat_digest(path_hash, node);
  }
  data_bytes += footprint(node);
}

void TreeState::remove(NodeId id) {
  before_change(id);
  Znode& node = nodes[id];
  PADDOCK_ASSERT(node.num_children == 0);
  PADDOCK_ASSERT(id != kRoot);
  const std::uint64_t hash = hash64(node.path());
  data_bytes -= footprint(node);
  if (is_digested(node.path())) digest -= data_digest(hash, node.data()) + stat_digest(hash, node);
  if (is_expiring(node.owner)) expiring.erase(static_cast<std::uint32_t>(id));
  index.erase(hash, id);
  quotas.on_removed(node.path());
  unlink(id);
  acls.release(node.acl);
  slabs.free(node.path());
  slabs.free(node.data());
  nodes.free(id);
}

void TreeState::replace_data(NodeId id, View data) {
  Znode& node = nodes[id];
  const View own = slabs.copy(data);
  if (is_digested(node.path())) {
    const std::uint64_t hash = hash64(node.path());
    digest += data_digest(hash, own) - data_digest(hash, node.data());
  }
  data_bytes -= footprint(node);
  slabs.free(node.data());
  node.data_bytes = own.data();
  node.data_length = static_cast<std::uint32_t>(own.size());
  data_bytes += footprint(node);
}

void TreeState::link(NodeId id) {
  Znode& node = nodes[id];
  Znode& parent = nodes[node.parent];
  node.next = parent.first_child;
  if (node.next != kNoNode) nodes[node.next].previous = id;
  parent.first_child = id;
  ++parent.num_children;
}

void TreeState::unlink(NodeId id) {
  const Znode& node = nodes[id];
  Znode& parent = nodes[node.parent];
  if (node.next != kNoNode) nodes[node.next].previous = node.previous;
  if (node.previous != kNoNode) {
    nodes[node.previous].next = node.next;
  } else {
    PADDOCK_ASSERT(parent.first_child == id);
    parent.first_child = node.next;
  }
  --parent.num_children;
}

std::uint32_t TreeState::begin_walk(SnapshotWalk& walk) {
  PADDOCK_ASSERT(walk_ == nullptr);
  walk_ = &walk;
  return ++walks_;
}

void TreeState::abandon_walk() {
  if (walk_ != nullptr) walk_->on_tree_replaced();
  walk_ = nullptr;
}

void TreeState::preserve(NodeId id) {
  walk_->preserve(id, nodes[id]);
}

jute::Stat TreeState::stat(const Znode& node) {
  // In 64 bits and cut, because the sum may pass the ends of an int as it does in Java.
  const std::int64_t changes = std::int64_t{node.cversion} * 2 - node.num_children;
  return {.czxid = node.czxid,
          .mzxid = node.mzxid,
          .ctime = node.ctime,
          .mtime = node.mtime,
          .version = node.version,
          .cversion = static_cast<std::int32_t>(changes),
          .aversion = node.aversion,
          .ephemeral_owner = is_ephemeral(node.owner) ? node.owner : 0,
          .data_length = static_cast<std::int32_t>(node.data_length),
          .num_children = node.num_children,
          .pzxid = node.pzxid};
}

void TreeState::check_invariants() const {
  nodes.check_invariants();
  index.check_invariants();
  slabs.check_invariants();
  acls.check_invariants();
  ephemerals.check_invariants();
  PADDOCK_ASSERT(index.size() == nodes.size());

  std::uint64_t sum = 0;
  std::int64_t bytes = 0;
  std::size_t reached = 0;
  std::size_t owned = 0;
  std::size_t special = 0;
  std::size_t limited = 0;
  for_subtree(kRoot, [&](const Znode& node) {
    ++reached;
    check_links(node);
    bytes += footprint(node);
    if (is_ephemeral(node.owner)) ++owned;
    if (is_expiring(node.owner)) ++special;
    if (!is_null(limited_path(node.path()))) ++limited;
    if (!is_digested(node.path())) return;
    const std::uint64_t hash = hash64(node.path());
    sum += data_digest(hash, node.data()) + stat_digest(hash, node);
  });
  PADDOCK_ASSERT(reached == nodes.size());
  PADDOCK_ASSERT(bytes == data_bytes);
  PADDOCK_ASSERT(owned == ephemerals.count());
  PADDOCK_ASSERT(special == expiring.size());
  PADDOCK_ASSERT(limited == quotas.size());
  PADDOCK_ASSERT(sum == digest);
}

void TreeState::check_links(const Znode& node) const {
  const NodeId id = find(node.path());
  PADDOCK_ASSERT(id != kNoNode);
  PADDOCK_ASSERT(&nodes[id] == &node);
  PADDOCK_ASSERT(acls.has(node.acl));
  PADDOCK_ASSERT(acls.users(node.acl) > 0);
  if (is_expiring(node.owner)) PADDOCK_ASSERT(expiring.contains(static_cast<std::uint32_t>(id)));
  if (id != kRoot) PADDOCK_ASSERT(nodes[node.parent].path() == parent_of(node.path()));

  std::int32_t children = 0;
  NodeId previous = kNoNode;
  for (NodeId child = node.first_child; child != kNoNode; child = nodes[child].next) {
    PADDOCK_ASSERT(nodes[child].parent == id);
    PADDOCK_ASSERT(nodes[child].previous == previous);
    previous = child;
    ++children;
  }
  PADDOCK_ASSERT(children == node.num_children);
}

}  // namespace paddock::tree
