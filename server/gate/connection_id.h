// SPDX-License-Identifier: Apache-2.0
//
// The parts of a ConnectionId: the shard that owns the connection in the top byte, a generation in
// the next three, the slot in the shard's table in the low four. A slot's generation changes
// whenever it is reused and is never 0, so no id is 0.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/ids.h"

namespace paddock::gate {

inline constexpr std::size_t kShardsMax = 256;
inline constexpr std::uint32_t kGenerationMax = 0xff'ffff;

[[nodiscard]] constexpr ConnectionId make_connection_id(std::size_t shard,
                                                        std::uint32_t generation,
                                                        std::uint32_t slot) {
  return ConnectionId{std::uint64_t{shard} << 56U | std::uint64_t{generation} << 32U | slot};
}
[[nodiscard]] constexpr std::size_t shard_of(ConnectionId id) {
  return raw(id) >> 56U;
}
[[nodiscard]] constexpr std::uint32_t generation_of(ConnectionId id) {
  return static_cast<std::uint32_t>(raw(id) >> 32U) & kGenerationMax;
}
[[nodiscard]] constexpr std::uint32_t slot_of(ConnectionId id) {
  return static_cast<std::uint32_t>(raw(id));
}

}  // namespace paddock::gate
