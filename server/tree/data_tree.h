// SPDX-License-Identifier: Apache-2.0
//
// The tree of znodes, the state that all replicas share. One writer (the core loop, inside the write
// gate), many readers (shards, inside a read gate); see gate/shared_tree.h. Every change comes from a
// transaction in zxid order; apply() is total. Source: ZooKeeper DataTree.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "jute/records.h"
#include "tree/changes.h"
#include "txn/txn.pb.h"

namespace paddock::tree {

/// Owners stored in place of a session for nodes that are not ephemeral but special.
inline constexpr std::int64_t kContainerOwner = std::int64_t{1} << 63U;

[[nodiscard]] constexpr bool is_container(std::int64_t owner) { return owner == kContainerOwner; }
[[nodiscard]] constexpr bool is_ttl(std::int64_t owner) {
  return static_cast<std::uint64_t>(owner) >> 56U == 0xffU;
}
/// The time to live in milliseconds of an owner that is_ttl().
[[nodiscard]] constexpr std::int64_t ttl_ms(std::int64_t owner) { return owner & 0xff'ffff'ffff; }
[[nodiscard]] constexpr std::int64_t ttl_owner(std::int64_t ttl_ms_value) {
  return static_cast<std::int64_t>(0xff00'0000'0000'0000U | static_cast<std::uint64_t>(ttl_ms_value));
}
inline constexpr std::int64_t kTtlMsMax = 0xff'ffff'ffff;
/// Whether an owner is a session, so that the node goes with it.
[[nodiscard]] constexpr bool is_ephemeral(std::int64_t owner) {
  return owner != 0 && !is_container(owner) && !is_ttl(owner);
}

/// What a reader sees of one znode; views are valid while the gate is held.
struct NodeView {
  View path;
  View data;  // null if it was created or set with null
  AclId acl{};
  std::int64_t owner = 0;      // as stored
  std::int32_t cversion = 0;   // as persisted: counts creations of children only
  jute::Stat stat;             // as shown to clients
};

struct AclEntry {
  std::int32_t perms = 0;
  std::string scheme;
  std::string id;
  friend bool operator==(const AclEntry&, const AclEntry&) = default;
};

struct TreeCounts {
  std::size_t nodes = 0;        // as ZooKeeper's znode_count: "" and "/" both count
  std::size_t ephemerals = 0;
  std::int64_t data_bytes = 0;  // paths and data, as approximate_data_size
};

class Znode;

class DataTree {
 public:
  /// Holds /, /zookeeper, /zookeeper/quota and /zookeeper/config.
  DataTree();
  ~DataTree();
  DataTree(const DataTree&) = delete;
  DataTree& operator=(const DataTree&) = delete;

  // --- Reading: inside a read gate, or on the writer's thread.

  /// The node at `path`, or nullptr. Any bytes are fine.
  [[nodiscard]] const Znode* find(View path) const;
  [[nodiscard]] NodeView view(const Znode& node) const;
  /// Appends the stat of a node as its 68 bytes on the wire; the fast way for a read.
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
  /// Sessions that own ephemerals.
  [[nodiscard]] std::vector<SessionId> sessions_with_ephemerals() const;
  [[nodiscard]] std::span<const AclEntry> acl_entries(AclId id) const;
  [[nodiscard]] TreeCounts counts() const;
  /// The sum over all nodes outside /zookeeper of a hash of path, data and persisted stat; equal trees
  /// have equal digests.
  [[nodiscard]] std::uint64_t digest() const;
  /// The last transaction applied.
  [[nodiscard]] Zxid last_zxid() const;

  /// Container and TTL nodes that may be removed at `now` by the rules of ContainerManager; at most
  /// `limit` paths are appended. `never_used_ms`: how long an unused container is kept, 0 = for ever.
  void collect_expired(std::int64_t now_ms, std::int64_t never_used_ms, std::size_t limit,
                       std::vector<std::string>& paths) const;

  // --- Changing: the writer, inside the write gate.

  /// Carries out a transaction whose zxid is above last_zxid(), and records what happened in `changes`
  /// (not cleared first). Sessions are the caller's; CloseSession deletes the session's ephemerals.
  void apply(const txn::pb::Txn& txn, Changes& changes);

  /// Aborts unless links, counts, index and digest agree with one another; walks everything.
  void check_invariants() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace paddock::tree
