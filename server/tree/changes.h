// SPDX-License-Identifier: Apache-2.0
//
// What a transaction did to the tree, as far as watchers, the author of the request and limits need
// to know. Filled by DataTree::apply, emptied by the caller; it keeps its memory, so a warm one
// allocates nothing.
#pragma once

#include <cstdint>
#include <vector>

#include "base/byte_buffer.h"
#include "base/ids.h"
#include "jute/opcode.h"
#include "jute/records.h"
#include "tree/acl.h"

namespace paddock::tree {

/// One happening at one znode. Data watches see all but ChildrenChanged, child watches see Deleted
/// and ChildrenChanged. `acl` is the list that a watcher must be able to read by (of the node
/// itself; for ChildrenChanged also of the node whose children changed).
struct Change {
  jute::EventType type{};
  AclId acl{};
  std::uint32_t path_offset = 0;
  std::uint32_t path_length = 0;
};

class Changes {
 public:
  void add(jute::EventType type, View path, AclId acl) {
    list_.push_back({type,
                     acl,
                     static_cast<std::uint32_t>(paths_.size()),
                     static_cast<std::uint32_t>(path.size())});
    paths_.append(path);
  }
  /// A session owns more or fewer nodes than before.
  void note_owner(SessionId session) {
    if (owners_.empty() || owners_.back() != session) owners_.push_back(session);
  }
  void clear() {
    list_.clear();
    owners_.clear();
    paths_.clear();
    stats_.clear();
  }

  [[nodiscard]] const std::vector<Change>& list() const { return list_; }
  [[nodiscard]] View path(const Change& change) const {
    return {paths_.data() + change.path_offset, change.path_length};
  }

  /// Whose ephemerals are more or fewer; one may be there more than once.
  [[nodiscard]] const std::vector<SessionId>& owners() const { return owners_; }

  /// One per operation of the transaction, in order: the node's stat right after that operation
  /// (zero for delete and check).
  [[nodiscard]] std::vector<jute::Stat>& stats() { return stats_; }
  [[nodiscard]] const std::vector<jute::Stat>& stats() const { return stats_; }

 private:
  std::vector<Change> list_;
  std::vector<SessionId> owners_;
  ByteBuffer paths_;
  std::vector<jute::Stat> stats_;
};

}  // namespace paddock::tree
