// SPDX-License-Identifier: Apache-2.0
#include "tree/node_store.h"

#include <limits>

#include "base/assert.h"

namespace paddock::tree {
namespace {

constexpr std::size_t kAlignment = std::size_t{2} << 20U;

}  // namespace

NodeId NodeStore::allocate() {
  ++size_;
  if (free_ != kNoNode) {
    const NodeId id = free_;
    Znode& node = (*this)[id];
    PADDOCK_ASSERT(!node.is_live());
    free_ = node.parent;
    node = Znode{};
    return id;
  }
  PADDOCK_ASSERT(end_ < std::numeric_limits<std::uint32_t>::max());
  if (end_ >> kSlabBits == bases_.size()) {
    slabs_.emplace_back(sizeof(Znode) << kSlabBits, kAlignment);
    bases_.push_back(reinterpret_cast<Znode*>(slabs_.back().begin()));
  }
  return NodeId{end_++};
}

void NodeStore::free(NodeId id) {
  PADDOCK_ASSERT(size_ > 0);
  Znode& node = (*this)[id];
  node = Znode{};
  node.parent = free_;
  free_ = id;
  --size_;
}

void NodeStore::check_invariants() const {
  std::size_t free_slots = 0;
  for (NodeId id = free_; id != kNoNode; id = (*this)[id].parent) {
    PADDOCK_ASSERT(!(*this)[id].is_live());
    ++free_slots;
  }
  PADDOCK_ASSERT(size_ + free_slots == end_ - 1);
}

}  // namespace paddock::tree
