// SPDX-License-Identifier: Apache-2.0
//
// The tree of znodes, the state that all replicas share. One writer (the core loop, inside the
// write gate), many readers (shards, inside a read gate); see gate/shared_tree.h. Every change
// comes from a transaction in zxid order; apply() is total. Source: ZooKeeper DataTree.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "jute/records.h"
#include "tree/acl.h"
#include "tree/changes.h"
#include "tree/owner.h"
#include "txn/forward.h"

namespace paddock::tree {

/// What a reader sees of one znode; views are valid while the gate is held.
struct NodeView {
  View path;
  View data;  // null if it was created or set with null
  AclId acl{};
  std::int64_t owner = 0;     // as stored
  std::int32_t cversion = 0;  // as persisted: counts creations of children only
  jute::Stat stat;            // as shown to clients
};

struct TreeCounts {
  std::size_t nodes = 0;  // as ZooKeeper's znode_count: "" and "/" both count
  std::size_t ephemerals = 0;
  std::int64_t data_bytes = 0;  // paths and data, as approximate_data_size
  // Memory: of the nodes themselves, of the index over their paths, of paths and data.
  std::size_t node_memory = 0;
  std::size_t index_memory = 0;
  std::size_t content_memory = 0;
};

/// The limits of a path and how much there is at and below it; limits that are not set are -1.
struct Quota {
  View path;  // of the node that is limited
  std::int64_t count = 0;
  std::int64_t bytes = 0;
  std::int64_t count_limit = -1;
  std::int64_t bytes_limit = -1;
  std::int64_t count_hard_limit = -1;
  std::int64_t bytes_hard_limit = -1;
};

struct Znode;
class TreeState;

/// Holds who belongs to the ensemble, as clients see it.
inline constexpr View kConfigPath = "/zookeeper/config";

class DataTree {
 public:
  /// Holds /, /zookeeper, /zookeeper/quota and /zookeeper/config.
  DataTree();
  ~DataTree();
  DataTree(const DataTree&) = delete;
  DataTree& operator=(const DataTree&) = delete;

  // --- Reading: inside a read gate, or on the writer's thread.

  /// The node at `path`, or nullptr. Any bytes are fine; "" is the root's other name.
  [[nodiscard]] const Znode* find(View path) const;
  [[nodiscard]] NodeView view(const Znode& node) const;
  /// A node's stat as it is shown to clients.
  [[nodiscard]] jute::Stat stat(const Znode& node) const;
  [[nodiscard]] View data(const Znode& node) const;
  [[nodiscard]] AclId acl(const Znode& node) const;
  /// The names of the children as the wire has them (count and strings), appended to `out`.
  void write_children(const Znode& node, ByteBuffer& out) const;
  /// Calls `each` with every child's view, in no order.
  void for_each_child(const Znode& node, const std::function<void(const Znode&)>& each) const;
  /// All descendants of a node, itself not counted.
  [[nodiscard]] std::size_t descendants(const Znode& node) const;
  /// Calls `each` with the path of every ephemeral of `session`.
  void for_each_ephemeral(SessionId session, const std::function<void(View path)>& each) const;
  /// How many that are.
  [[nodiscard]] std::size_t ephemeral_count(SessionId session) const;
  /// Sessions that own ephemerals.
  [[nodiscard]] std::vector<SessionId> sessions_with_ephemerals() const;
  [[nodiscard]] std::span<const AclEntry> acl_entries(AclId id) const;
  [[nodiscard]] TreeCounts counts() const;
  /// The quota that counts for `path`: of the nearest node at or above it that has one.
  [[nodiscard]] std::optional<Quota> quota_of(View path) const;
  /// Of all nodes that have one, at most `limit`; in no order.
  [[nodiscard]] std::vector<Quota> quotas(std::size_t limit) const;
  /// The sum over all nodes outside /zookeeper of a hash of path, data and persisted stat; equal
  /// trees have equal digests.
  [[nodiscard]] std::uint64_t digest() const;
  /// The last transaction applied.
  [[nodiscard]] Zxid last_zxid() const;

  /// Container and TTL nodes that may be removed at `now` by the rules of ContainerManager; at most
  /// `limit` paths are appended. `never_used_ms`: how long an unused container is kept, 0 = for
  /// ever.
  void collect_expired(std::int64_t now_ms,
                       std::int64_t never_used_ms,
                       std::size_t limit,
                       std::vector<std::string>& paths) const;

  // --- Changing: the writer, inside the write gate.

  /// Lets the ids of access control lists that no node uses be given to others. Only when no
  /// undelivered Change can name one: when all mail has been drained.
  void release_unused_acls();

  /// Carries out a transaction whose zxid is above last_zxid(), and records what happened in
  /// `changes` (not cleared first). Sessions are the caller's; CloseSession deletes the session's
  /// ephemerals.
  void apply(const txn::pb::Txn& txn, Changes& changes);

  /// Aborts unless links, counts, index and digest agree with one another; walks everything.
  void check_invariants() const;

 private:
  friend class SnapshotWalk;
  friend class TreeLoader;

  [[nodiscard]] static bool is_expired(const Znode& node,
                                       std::int64_t now_ms,
                                       std::int64_t never_used_ms);
  [[nodiscard]] jute::Stat apply_op(const txn::pb::Txn& txn,
                                    const txn::pb::Op& op,
                                    Changes& changes);
  [[nodiscard]] jute::Stat create(const txn::pb::Txn& txn,
                                  const txn::pb::Create& op,
                                  Changes& changes);
  void remove(const txn::pb::Txn& txn, const txn::pb::Delete& op, Changes& changes);
  [[nodiscard]] jute::Stat set_data(const txn::pb::Txn& txn,
                                    const txn::pb::SetData& op,
                                    Changes& changes);
  [[nodiscard]] jute::Stat set_acl(const txn::pb::SetAcl& op);
  void close_session(const txn::pb::Txn& txn, Changes& changes);

  std::unique_ptr<TreeState> state_;
};

}  // namespace paddock::tree
