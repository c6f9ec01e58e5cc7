// SPDX-License-Identifier: Apache-2.0
//
// The form of a frame, little-endian: the length of header and body together, the length of the
// header, a checksum, the header (pb::Frame), the body. The checksum covers the lengths too, so
// that no bit of a frame can change unnoticed.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace paddock::wire {

inline constexpr std::size_t kPrefixBytes = 16;
/// Header and body together: 64 MiB of payloads, and what the header says of them.
inline constexpr std::size_t kFrameBytesMax = std::size_t{80} << 20U;

struct FramePrefix {
  std::uint32_t length = 0;
  std::uint32_t header_length = 0;
  std::uint64_t checksum = 0;
};

/// Both together are at most kFrameBytesMax.
[[nodiscard]] FramePrefix prefix_of(View header, View body);
/// `to` and `from`: kPrefixBytes.
void store(const FramePrefix& prefix, char* to);
[[nodiscard]] FramePrefix load_prefix(const char* from);

}  // namespace paddock::wire
