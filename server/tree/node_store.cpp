// SPDX-License-Identifier: Apache-2.0
#include "tree/node_store.h"

#include <algorithm>
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
  if (end_ >> kSlabBits == bases_.size()) map_slab();
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

Znode& NodeStore::place(NodeId id) {
  const auto index = static_cast<std::uint32_t>(id);
  while (index >> kSlabBits >= bases_.size()) map_slab();
  end_ = std::max(end_, index + 1);
  return (*this)[id];
}

void NodeStore::rebuild_free_list() {
  free_ = kNoNode;
  size_ = 0;
  for (std::uint32_t index = end_ - 1; index > 0; --index) {
    Znode& node = (*this)[NodeId{index}];
    if (node.is_live()) {
      ++size_;
    } else {
      node.parent = free_;
      free_ = NodeId{index};
    }
  }
}

void NodeStore::map_slab() {
  slabs_.emplace_back(sizeof(Znode) << kSlabBits, kAlignment);
  bases_.push_back(reinterpret_cast<Znode*>(slabs_.back().begin()));
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
