// SPDX-License-Identifier: Apache-2.0
#include "tree/acl_table.h"

#include <utility>

#include "base/assert.h"
#include "jute/writer.h"

namespace paddock::tree {
namespace {

constexpr std::int32_t kAllPermissions = 31;

}  // namespace

AclTable::AclTable() {
  jute::ListBuilder<jute::Acl> open;
  open.add({kAllPermissions, {"world", "anyone"}});
  const AclId id = intern(open.view());
  PADDOCK_ASSERT(id == kOpenAcl);
}

AclId AclTable::intern(const jute::List<jute::Acl>& list) {
  const auto found = by_wire_.find(list.bytes());
  const AclId id = found != by_wire_.end() ? found->second : add(list);
  ++slot(id).users;
  return id;
}

AclId AclTable::add(const jute::List<jute::Acl>& list) {
  if (free_.empty()) {
    free_.push_back(AclId{static_cast<std::uint32_t>(slots_.size())});
    slots_.emplace_back();
  }
  const AclId id = free_.back();
  free_.pop_back();
  Slot& added = slot(id);
  added.wire = list.bytes();
  added.is_named = true;
  for (const jute::Acl& acl : list) {
    added.entries.push_back({acl.perms, std::string(acl.id.scheme), std::string(acl.id.id)});
  }
  by_wire_.emplace(added.wire, id);
  return id;
}

void AclTable::release(AclId id) {
  Slot& released = slot(id);
  PADDOCK_ASSERT(released.users > 0);
  --released.users;
  if (released.users > 0 || released.is_waiting) return;
  released.is_waiting = true;
  unused_.push_back(id);
}

void AclTable::release_unused() {
  for (const AclId id : unused_) {
    Slot& waiting = slot(id);
    waiting.is_waiting = false;
    if (waiting.users > 0) continue;
    by_wire_.erase(waiting.wire);
    waiting = Slot{};
    free_.push_back(id);
  }
  unused_.clear();
}

void AclTable::check_invariants() const {
  std::size_t named = 0;
  for (std::uint32_t index = 0; index < end(); ++index) {
    const Slot& each = slots_[index];
    if (!each.is_named) continue;
    ++named;
    const auto found = by_wire_.find(each.wire);
    PADDOCK_ASSERT(found != by_wire_.end());
    PADDOCK_ASSERT(found->second == AclId{index});
    if (each.users == 0) PADDOCK_ASSERT(each.is_waiting);
  }
  PADDOCK_ASSERT(named == by_wire_.size());
  PADDOCK_ASSERT(named + free_.size() == slots_.size());
  PADDOCK_ASSERT(slot(kOpenAcl).users > 0);
}

}  // namespace paddock::tree
