// SPDX-License-Identifier: Apache-2.0
//
// How much of a turn of its shard one connection may take, so that the others come soon, however
// much it sends: deficit round robin by bytes, where a request counts as some bytes more than it
// has. What one turn's share was exceeded by, as by a large answer, the next ones make up for.
// A pure value of a connection.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace paddock::shard {

class TurnShare {
 public:
  /// About as many bytes take as long to move as a small request takes to answer.
  static constexpr std::int64_t kRequestBytes = std::int64_t{2} << 10U;

  /// Whether nothing is left in turn number `turn`, which never decreases, of the `turn_bytes` that
  /// each turn has.
  [[nodiscard]] bool is_used_up(std::uint64_t turn, std::size_t turn_bytes) {
    if (turn == turn_) return taken_ >= static_cast<std::int64_t>(turn_bytes);
    const auto passed = static_cast<std::int64_t>(std::min(turn - turn_, kTurnsCounted));
    taken_ = std::max<std::int64_t>(0, taken_ - passed * static_cast<std::int64_t>(turn_bytes));
    turn_ = turn;
    return taken_ >= static_cast<std::int64_t>(turn_bytes);
  }
  /// A request that had, with its answer, so many bytes.
  void take(std::size_t bytes) { taken_ += cost(bytes); }
  [[nodiscard]] static std::int64_t cost(std::size_t bytes) {
    return kRequestBytes + static_cast<std::int64_t>(bytes);
  }

 private:
  static constexpr std::uint64_t kTurnsCounted = std::uint64_t{1} << 20U;

  std::int64_t taken_ = 0;  // in this turn, and too much before
  std::uint64_t turn_ = 0;
};

}  // namespace paddock::shard
