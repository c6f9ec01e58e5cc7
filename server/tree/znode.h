// SPDX-License-Identifier: Apache-2.0
//
// One node of the tree, as it lies in memory: fixed size, linked by 32-bit handles, path and data
// in slabs. Only the tree module looks inside; others go through DataTree.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "tree/acl.h"

namespace paddock::tree {

/// Where a node lies in the NodeStore; stable while the node lives, reused after.
enum class NodeId : std::uint32_t {
};
inline constexpr NodeId kNoNode{0};

struct Znode {
  std::int64_t czxid;
  std::int64_t mzxid;
  std::int64_t pzxid;
  std::int64_t ctime;
  std::int64_t mtime;
  std::int64_t owner;  // as stored: session, container or TTL
  const char* path_bytes;
  const char* data_bytes;  // nullptr: null
  std::uint32_t path_length;
  std::uint32_t data_length;
  NodeId parent;  // of a free slot: the next free one
  NodeId first_child;
  NodeId next;
  NodeId previous;
  std::int32_t num_children;
  std::int32_t version;
  std::int32_t cversion;  // counts creations only
  std::int32_t aversion;
  AclId acl;
  std::uint32_t walk_mark;  // the last snapshot walk that preserved this node

  [[nodiscard]] View path() const { return {path_bytes, path_length}; }
  [[nodiscard]] View data() const { return {data_bytes, data_length}; }
  [[nodiscard]] bool is_live() const { return path_bytes != nullptr; }
};
static_assert(sizeof(Znode) == 112, "the memory budget counts on it");

}  // namespace paddock::tree
