// SPDX-License-Identifier: Apache-2.0
//
// What a node's stored owner means: nothing, a session, a container, or a time to live.
// Source: ZooKeeper EphemeralType.
#pragma once

#include <cstdint>

namespace paddock::tree {

/// Owners stored in place of a session for nodes that are not ephemeral but special.
inline constexpr std::int64_t kContainerOwner = std::int64_t{1} << 63U;

[[nodiscard]] constexpr bool is_container(std::int64_t owner) {
  return owner == kContainerOwner;
}
[[nodiscard]] constexpr bool is_ttl(std::int64_t owner) {
  return static_cast<std::uint64_t>(owner) >> 56U == 0xffU;
}
/// The time to live in milliseconds of an owner that is_ttl().
[[nodiscard]] constexpr std::int64_t ttl_ms(std::int64_t owner) {
  return owner & 0xff'ffff'ffff;
}
[[nodiscard]] constexpr std::int64_t ttl_owner(std::int64_t ttl_ms_value) {
  return static_cast<std::int64_t>(0xff00'0000'0000'0000U |
                                   static_cast<std::uint64_t>(ttl_ms_value));
}
inline constexpr std::int64_t kTtlMsMax = 0xff'ffff'ffff;
/// Whether an owner is a session, so that the node goes with it.
[[nodiscard]] constexpr bool is_ephemeral(std::int64_t owner) {
  return owner != 0 && !is_container(owner) && !is_ttl(owner);
}

}  // namespace paddock::tree
