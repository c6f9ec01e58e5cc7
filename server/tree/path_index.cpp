// SPDX-License-Identifier: Apache-2.0
#include "tree/path_index.h"

#include <utility>

#include "base/assert.h"

namespace paddock::tree {
namespace {

constexpr std::uint32_t kCapacityMin = 8;

/// Whether `used` entries fill a table more than it may be filled: four fifths.
[[nodiscard]] bool is_crowded(std::uint64_t used, std::uint64_t capacity) {
  return used * 5 > capacity * 4;
}

}  // namespace

void PathIndex::insert(std::uint64_t hash, NodeId id) {
  PADDOCK_ASSERT(id != kNoNode);
  Table& table = tables_[hash >> kTableShift];
  if (is_crowded(std::uint64_t{table.used} + 1, table.capacity)) {
    resize(table, table.capacity == 0 ? kCapacityMin : table.capacity + table.capacity / 2);
  }
  place(table.slots.get(), table.capacity, {static_cast<std::uint32_t>(hash), id});
  ++table.used;
  ++size_;
}

void PathIndex::erase(std::uint64_t hash, NodeId id) {
  Table& table = tables_[hash >> kTableShift];
  PADDOCK_ASSERT(table.used > 0);
  std::uint32_t hole = home(static_cast<std::uint32_t>(hash), table.capacity);
  while (table.slots[hole].id != id) {
    PADDOCK_ASSERT(table.slots[hole].id != kNoNode);
    if (++hole == table.capacity) hole = 0;
  }
  // Entries behind the hole move up, unless that would put them before the place they belong to.
  for (std::uint32_t at = hole;;) {
    if (++at == table.capacity) at = 0;
    const Slot slot = table.slots[at];
    if (slot.id == kNoNode) break;
    const std::uint32_t wanted = home(slot.key, table.capacity);
    const bool stays = hole <= at ? hole < wanted && wanted <= at : hole < wanted || wanted <= at;
    if (stays) continue;
    table.slots[hole] = slot;
    hole = at;
  }
  table.slots[hole] = {};
  --table.used;
  --size_;
}

void PathIndex::reserve(std::size_t entries) {
  // Hashes are spread evenly enough that no table gets more than its share and six deviations.
  const std::size_t share = entries / tables_.size();
  std::size_t deviation = 1;
  while (deviation * deviation < share) ++deviation;
  const std::size_t wanted = (share + 6 * deviation) * 5 / 4 + 1;
  for (Table& table : tables_) {
    if (table.capacity < wanted) resize(table, static_cast<std::uint32_t>(wanted));
  }
}

std::size_t PathIndex::bytes() const {
  std::size_t total = tables_.size() * sizeof(Table);
  for (const Table& table : tables_) total += table.capacity * sizeof(Slot);
  return total;
}

void PathIndex::place(Slot* slots, std::uint32_t capacity, Slot slot) {
  std::uint32_t at = home(slot.key, capacity);
  while (slots[at].id != kNoNode) {
    if (++at == capacity) at = 0;
  }
  slots[at] = slot;
}

void PathIndex::resize(Table& table, std::uint32_t capacity) {
  auto slots = std::make_unique<Slot[]>(capacity);
  for (std::uint32_t at = 0; at < table.capacity; ++at) {
    if (table.slots[at].id != kNoNode) place(slots.get(), capacity, table.slots[at]);
  }
  table.slots = std::move(slots);
  table.capacity = capacity;
}

void PathIndex::check_invariants() const {
  std::size_t total = 0;
  for (const Table& table : tables_) {
    std::uint32_t used = 0;
    for (std::uint32_t at = 0; at < table.capacity; ++at) {
      if (table.slots[at].id != kNoNode) ++used;
    }
    PADDOCK_ASSERT(used == table.used);
    PADDOCK_ASSERT(!is_crowded(used, table.capacity));
    total += used;
  }
  PADDOCK_ASSERT(total == size_);
}

}  // namespace paddock::tree
