// SPDX-License-Identifier: Apache-2.0
//
// Access control lists, each stored once and named by an AclId. Ids are counted by the nodes that
// use them. A list that no node uses keeps its id until release_unused(): changes that name it may
// still be on their way to watchers. Owned by the tree; the writer changes it, readers look up.
// Source: ZooKeeper ReferenceCountedACLCache.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "base/hash.h"
#include "jute/reader.h"
#include "jute/records.h"
#include "tree/acl.h"

namespace paddock::tree {

class AclTable {
 public:
  /// Holds world:anyone with all permissions as kOpenAcl, which is never released.
  AclTable();

  /// The id of a list, with one more user.
  [[nodiscard]] AclId intern(const jute::List<jute::Acl>& list);
  /// One user more of a list that has an id.
  void use(AclId id) { ++slot(id).users; }
  /// One user less.
  void release(AclId id);
  /// Forgets the lists without users, so that their ids may be given to others.
  void release_unused();

  [[nodiscard]] std::span<const AclEntry> entries(AclId id) const { return slot(id).entries; }
  [[nodiscard]] std::size_t users(AclId id) const { return slot(id).users; }
  /// Lists that have an id, used or not.
  [[nodiscard]] std::size_t size() const { return by_wire_.size(); }
  /// Every id is below this.
  [[nodiscard]] std::uint32_t end() const { return static_cast<std::uint32_t>(slots_.size()); }
  [[nodiscard]] bool has(AclId id) const {
    return static_cast<std::uint32_t>(id) < slots_.size() && slot(id).is_named;
  }

  void check_invariants() const;

 private:
  struct Slot {
    std::string wire;  // the list's elements in jute
    std::vector<AclEntry> entries;
    std::size_t users = 0;
    bool is_named = false;
    bool is_waiting = false;  // in unused_
  };

  [[nodiscard]] const Slot& slot(AclId id) const { return slots_[static_cast<std::uint32_t>(id)]; }
  [[nodiscard]] Slot& slot(AclId id) { return slots_[static_cast<std::uint32_t>(id)]; }
  [[nodiscard]] AclId add(const jute::List<jute::Acl>& list);

  std::vector<Slot> slots_;
  std::vector<AclId> free_;
  std::vector<AclId> unused_;  // had no users at some time since the last release_unused()
  boost::unordered_flat_map<std::string, AclId, ViewHash, std::equal_to<>> by_wire_;
};

}  // namespace paddock::tree
