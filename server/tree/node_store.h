// SPDX-License-Identifier: Apache-2.0
//
// Znodes in slabs of 65,536, addressed by handle. A node never moves; freed slots are reused last
// in, first out. Owned by the tree: the writer allocates, readers look up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tree/page_region.h"
#include "tree/znode.h"

namespace paddock::tree {

class NodeStore {
 public:
  [[nodiscard]] Znode& operator[](NodeId id) {
    const auto index = static_cast<std::uint32_t>(id);
    return bases_[index >> kSlabBits][index & kSlotMask];
  }
  [[nodiscard]] const Znode& operator[](NodeId id) const {
    const auto index = static_cast<std::uint32_t>(id);
    return bases_[index >> kSlabBits][index & kSlotMask];
  }

  /// A slot for a new node, all zero. Aborts at 2^32 nodes.
  [[nodiscard]] NodeId allocate();
  /// The slot of a node that was removed everywhere else.
  void free(NodeId id);

  /// For loading: the slot of this handle, mapped and, unless place() was called for it before, not
  /// live. rebuild_free_list() has to follow before the next allocate().
  [[nodiscard]] Znode& place(NodeId id);
  void rebuild_free_list();

  /// Live nodes.
  [[nodiscard]] std::size_t size() const { return size_; }
  /// Every handle that was ever given is below this.
  [[nodiscard]] std::uint32_t end() const { return end_; }

  void check_invariants() const;

 private:
  static constexpr unsigned kSlabBits = 16;
  static constexpr std::uint32_t kSlotMask = (1U << kSlabBits) - 1;

  void map_slab();

  std::vector<Znode*> bases_;
  std::vector<PageRegion> slabs_;
  NodeId free_ = kNoNode;
  std::uint32_t end_ = 1;  // handle 0 is kNoNode
  std::size_t size_ = 0;
};

}  // namespace paddock::tree
