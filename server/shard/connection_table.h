// SPDX-License-Identifier: Apache-2.0
//
// The connections of one shard by slot. A slot's generation changes with each connection that uses
// it, so an id that outlives its connection finds nothing. Owned by a shard.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "shard/connection.h"

namespace paddock::shard {

class ConnectionTable {
 public:
  /// `shard`: the shard part of the ids.
  explicit ConnectionTable(std::size_t shard) : shard_(shard) {}

  [[nodiscard]] Connection& open();
  void close(Connection& connection);
  /// The connection, or nullptr if it is gone.
  [[nodiscard]] Connection* find(ConnectionId id) const;
  /// The connection in a slot that is in use.
  [[nodiscard]] Connection& at(std::uint32_t slot) const { return *slots_[slot].connection; }
  [[nodiscard]] std::size_t size() const { return slots_.size() - free_.size(); }

  template <class Each>
  void for_each(Each&& each) const {
    for (const Slot& slot : slots_) {
      if (slot.connection) each(*slot.connection);
    }
  }

  void check_invariants() const;

 private:
  struct Slot {
    std::unique_ptr<Connection> connection;
    std::uint32_t generation = 0;
  };

  std::size_t shard_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
};

}  // namespace paddock::shard
