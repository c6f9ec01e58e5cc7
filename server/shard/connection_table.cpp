// SPDX-License-Identifier: Apache-2.0
#include "shard/connection_table.h"

#include "base/assert.h"
#include "gate/connection_id.h"

namespace paddock::shard {

Connection& ConnectionTable::open() {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t index = free_.back();
  free_.pop_back();
  Slot& slot = slots_[index];
  PADDOCK_ASSERT(slot.connection == nullptr);
  slot.generation = slot.generation == gate::kGenerationMax ? 1 : slot.generation + 1;
  slot.connection = std::make_unique<Connection>();
  slot.connection->id = gate::make_connection_id(shard_, slot.generation, index);
  return *slot.connection;
}

void ConnectionTable::close(Connection& connection) {
  const std::uint32_t index = gate::slot_of(connection.id);
  PADDOCK_ASSERT(slots_[index].connection.get() == &connection);
  slots_[index].connection.reset();
  free_.push_back(index);
}

Connection* ConnectionTable::find(ConnectionId id) const {
  const std::uint32_t index = gate::slot_of(id);
  if (index >= slots_.size()) return nullptr;
  Connection* connection = slots_[index].connection.get();
  return connection != nullptr && connection->id == id ? connection : nullptr;
}

void ConnectionTable::check_invariants() const {
  std::size_t used = 0;
  for (std::size_t index = 0; index < slots_.size(); ++index) {
    const Connection* connection = slots_[index].connection.get();
    if (connection == nullptr) continue;
    ++used;
    PADDOCK_ASSERT(gate::slot_of(connection->id) == index);
    PADDOCK_ASSERT(gate::shard_of(connection->id) == shard_);
    PADDOCK_ASSERT(gate::generation_of(connection->id) == slots_[index].generation);
  }
  PADDOCK_ASSERT(used == size());
}

}  // namespace paddock::shard
