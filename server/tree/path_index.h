// SPDX-License-Identifier: Apache-2.0
//
// From the hash of a path to its node. 1,024 tables, chosen by the hash's high bits, each open
// addressed with linear probing and growing alone by a half: the longest growth step moves a
// thousandth of all entries, from memory that the table itself holds (a slot keeps 32 bits of the
// hash), so it never touches nodes and never stalls. The writer changes it, readers search.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "tree/znode.h"

namespace paddock::tree {

class PathIndex {
 public:
  PathIndex() : tables_(std::size_t{1} << kTableBits) {}

  /// The entry with this hash that `matches` accepts, or kNoNode. `matches` is asked about
  /// candidates whose hash agrees in 42 bits or more.
  template <class Matches>
  [[nodiscard]] NodeId find(std::uint64_t hash, Matches&& matches) const {
    const Table& table = tables_[hash >> kTableShift];
    if (table.used == 0) return kNoNode;
    const auto key = static_cast<std::uint32_t>(hash);
    for (std::uint32_t at = home(key, table.capacity);;) {
      const Slot slot = table.slots[at];
      if (slot.id == kNoNode) return kNoNode;
      if (slot.key == key && matches(slot.id)) return slot.id;
      if (++at == table.capacity) at = 0;
    }
  }

  /// Asks the processor for the place of this hash, for a find() or insert() that comes soon.
  void prefetch(std::uint64_t hash) const {
    const Table& table = tables_[hash >> kTableShift];
    if (table.capacity == 0) return;
    __builtin_prefetch(&table.slots[home(static_cast<std::uint32_t>(hash), table.capacity)]);
  }

  /// Adds an entry that is not there yet.
  void insert(std::uint64_t hash, NodeId id);
  /// Removes an entry that is there.
  void erase(std::uint64_t hash, NodeId id);
  /// Makes room for `entries` in all, so that adding them one by one grows nothing.
  void reserve(std::size_t entries);

  [[nodiscard]] std::size_t size() const { return size_; }
  /// Bytes of all tables.
  [[nodiscard]] std::size_t bytes() const;

  void check_invariants() const;

 private:
  static constexpr unsigned kTableBits = 10;
  static constexpr unsigned kTableShift = 64 - kTableBits;

  struct Slot {
    std::uint32_t key = 0;
    NodeId id = kNoNode;
  };
  struct Table {
    std::unique_ptr<Slot[]> slots;
    std::uint32_t capacity = 0;
    std::uint32_t used = 0;
  };

  /// Where a key belongs: its share of the table, so that the capacity may be any number.
  [[nodiscard]] static std::uint32_t home(std::uint32_t key, std::uint32_t capacity) {
    return static_cast<std::uint32_t>(std::uint64_t{key} * capacity >> 32U);
  }
  static void place(Slot* slots, std::uint32_t capacity, Slot slot);
  static void resize(Table& table, std::uint32_t capacity);

  std::vector<Table> tables_;
  std::size_t size_ = 0;
};

}  // namespace paddock::tree
