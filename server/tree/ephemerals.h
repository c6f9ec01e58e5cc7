// SPDX-License-Identifier: Apache-2.0
//
// Which nodes go with which session, in the order of their creation. Owned by the tree.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "base/ids.h"
#include "tree/znode.h"

namespace paddock::tree {

class Ephemerals {
 public:
  struct Entry {
    std::int64_t czxid = 0;
    NodeId id = kNoNode;  // kNoNode: removed
  };

  /// Adds a node created by `czxid`, which is not below that of any node that the session has.
  void add(SessionId session, std::int64_t czxid, NodeId id);
  /// Removes a node that is there.
  void remove(SessionId session, std::int64_t czxid, NodeId id);
  /// Removes and returns all of a session, oldest first.
  [[nodiscard]] std::vector<Entry> take(SessionId session);

  /// Calls `each` with the NodeId of every node of the session, oldest first.
  template <class Each>
  void for_each(SessionId session, Each&& each) const {
    const auto found = sessions_.find(raw(session));
    if (found == sessions_.end()) return;
    for (const Entry& entry : found->second->entries) {
      if (entry.id != kNoNode) each(entry.id);
    }
  }
  [[nodiscard]] std::size_t count_of(SessionId session) const;
  [[nodiscard]] std::vector<SessionId> sessions() const;
  [[nodiscard]] std::size_t count() const { return count_; }

  void check_invariants() const;

 private:
  struct Owned {
    std::vector<Entry> entries;  // by czxid, with removed ones among them
    std::size_t removed = 0;
  };

  // Pointers keep a growth step of the table short.
  boost::unordered_flat_map<std::int64_t, std::unique_ptr<Owned>> sessions_;
  std::size_t count_ = 0;
};

}  // namespace paddock::tree
