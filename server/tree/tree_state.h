// SPDX-License-Identifier: Apache-2.0
//
// What a DataTree is made of: nodes, the index over their paths, memory, ACLs, and the sets of
// nodes that need special care. Its functions change all of them together, so that they always
// agree; what a change means to clients (versions, zxids, events) is decided above, in apply.
// Private to the module; shared by DataTree, SnapshotWalk and TreeLoader.
#pragma once

#include <cstddef>
#include <cstdint>

#include <boost/unordered/unordered_flat_set.hpp>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/ids.h"
#include "jute/records.h"
#include "jute/writer.h"
#include "tree/acl_table.h"
#include "tree/digest.h"
#include "tree/ephemerals.h"
#include "tree/node_store.h"
#include "tree/path_index.h"
#include "tree/quota.h"
#include "tree/slab.h"
#include "tree/znode.h"

namespace paddock::tree {

class SnapshotWalk;

/// What a new node is, beside what follows from its being new.
struct NewNode {
  View path;
  View data;
  NodeId parent = kNoNode;
  AclId acl{};  // already counted for this node
  std::int64_t owner = 0;
  std::int64_t zxid = 0;
  std::int64_t time_ms = 0;
};

class TreeState {
 public:
  TreeState() = default;
  ~TreeState();
  TreeState(const TreeState&) = delete;
  TreeState& operator=(const TreeState&) = delete;

  [[nodiscard]] NodeId find(View path) const { return find(path, hash64(path)); }
  [[nodiscard]] NodeId find(View path, std::uint64_t hash) const {
    return index.find(hash, [&](NodeId id) { return nodes[id].path() == path; });
  }

  /// Adds a node that is not there under a parent that is; the parent's stat stays as it is.
  NodeId add(const NewNode& created);
  /// Removes a node without children; the parent's stat stays as it is. Its session's list of
  /// ephemerals is the caller's.
  void remove(NodeId id);
  /// Exchanges the data, and then the stat by `change(Znode&)`.
  template <class Change>
  void set_data(NodeId id, View data, Change&& change) {
    before_change(id);
    replace_data(id, data);
    change_stat(id, change);
  }
  /// Exchanges the data and leaves the stat as it is, but for the length.
  void set_data_quietly(NodeId id, View data) {
    before_change(id);
    replace_data(id, data);
  }
  /// Changes the stat by `change(Znode&)`.
  template <class Change>
  void change_stat(NodeId id, Change&& change) {
    before_change(id);
    Znode& node = nodes[id];
    if (!is_digested(node.path())) {
      change(node);
      return;
    }
    const std::uint64_t hash = hash64(node.path());
    digest -= stat_digest(hash, node);
    change(node);
    digest += stat_digest(hash, node);
  }
  /// Calls `each(const Znode&)` for a node and all that is below it, parents first.
  template <class Each>
  void for_subtree(NodeId top, Each&& each) const {
    for (NodeId at = top;;) {
      each(nodes[at]);
      if (nodes[at].first_child != kNoNode) {
        at = nodes[at].first_child;
        continue;
      }
      while (at != top && nodes[at].next == kNoNode) at = nodes[at].parent;
      if (at == top) return;
      at = nodes[at].next;
    }
  }
  /// A node's stat as it is shown to clients.
  [[nodiscard]] static jute::Stat stat(const Znode& node);

  /// From now on the walk is told of each node before it changes. Returns the mark for its nodes.
  [[nodiscard]] std::uint32_t begin_walk(SnapshotWalk& walk);
  void end_walk() { walk_ = nullptr; }
  [[nodiscard]] SnapshotWalk* walk() const { return walk_; }
  /// Tells a walk, if there is one, that nothing will come of it.
  void abandon_walk();

  /// Makes a node that was placed by its handle findable and part of the sums. Its parent must be
  /// there.
  void adopt(NodeId id, std::uint64_t path_hash);

  void check_invariants() const;

  NodeStore nodes;
  PathIndex index;
  SlabAllocator slabs;
  AclTable acls;
  Ephemerals ephemerals;
  QuotaPaths quotas;
  boost::unordered_flat_set<std::uint32_t> expiring;  // containers and TTL nodes
  std::int64_t data_bytes = 0;                        // of paths and data
  std::uint64_t digest = 0;
  Zxid last_zxid;
  jute::ListBuilder<jute::Acl> acl_scratch;  // keeps its memory from one transaction to the next

  static constexpr NodeId kRoot{1};

 private:
  void link(NodeId id);
  void unlink(NodeId id);
  void replace_data(NodeId id, View data);
  /// Must come before anything that a snapshot shows of a node is changed.
  void before_change(NodeId id) {
    if (walk_ != nullptr) [[unlikely]]
      preserve(id);
  }
  void preserve(NodeId id);
  void check_links(const Znode& node) const;

  SnapshotWalk* walk_ = nullptr;
  std::uint32_t walks_ = 0;
};

}  // namespace paddock::tree
