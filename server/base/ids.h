// SPDX-License-Identifier: Apache-2.0
//
// The identifiers that cross module edges, as types that do not convert into one another.
#pragma once

#include <compare>
#include <cstdint>

namespace paddock {

/// A transaction id: epoch in the high, counter in the low 32 bits; compared as a signed long.
struct Zxid {
  std::int64_t value = 0;

  [[nodiscard]] static constexpr Zxid of(std::uint32_t epoch, std::uint32_t counter) {
    return Zxid{static_cast<std::int64_t>(std::uint64_t{epoch} << 32U | counter)};
  }
  [[nodiscard]] constexpr std::uint32_t epoch() const {
    return static_cast<std::uint32_t>(static_cast<std::uint64_t>(value) >> 32U);
  }
  [[nodiscard]] constexpr std::uint32_t counter() const {
    return static_cast<std::uint32_t>(value);
  }
  [[nodiscard]] constexpr Zxid next() const { return Zxid{value + 1}; }

  friend constexpr auto operator<=>(Zxid, Zxid) = default;
};

/// A client session; the top byte is the id of the server that created it. 0 is "none".
enum class SessionId : std::int64_t {
};

/// `myid`: 1 to 255 in an ensemble, 0 standalone without a myid file.
enum class ServerId : std::int32_t {
};

/// A client connection: shard, slot and generation, so that a late answer never reaches a
/// successor. 0 is "none".
enum class ConnectionId : std::uint64_t {
};

[[nodiscard]] constexpr std::int64_t raw(SessionId id) {
  return static_cast<std::int64_t>(id);
}
[[nodiscard]] constexpr std::int32_t raw(ServerId id) {
  return static_cast<std::int32_t>(id);
}
[[nodiscard]] constexpr std::uint64_t raw(ConnectionId id) {
  return static_cast<std::uint64_t>(id);
}

}  // namespace paddock
