// SPDX-License-Identifier: Apache-2.0
//
// The blocks of a snapshot file, little-endian. The file begins with magic and version; each block
// is a frame of 32 bytes and the stored bytes.
//
//   file: magic (8), version (4), 0 (4), blocks
//   frame: checksum (8), frame check (4), kind (4), raw size (4), stored size (4), flags (4), 0 (4)
//
// A checksum covers the frame behind it and the stored bytes, and is seeded with that of the block
// before; the frame check alone makes the sizes trustworthy before anything is read by them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"

namespace paddock::storage {

inline constexpr std::size_t kSnapshotPreambleBytes = 16;
inline constexpr std::size_t kBlockFrameBytes = 32;
inline constexpr std::uint32_t kSnapshotVersion = 1;

/// Kinds below are the caller's.
inline constexpr std::uint32_t kOwnKinds = std::uint32_t{1} << 31U;
inline constexpr std::uint32_t kHeaderKind = kOwnKinds;
inline constexpr std::uint32_t kFooterKind = kOwnKinds + 1;

struct BlockFrame {
  std::uint32_t kind = 0;
  std::uint32_t raw_size = 0;
  std::uint32_t stored_size = 0;
  bool compressed = false;
};

enum class PreambleState : std::uint8_t {
  Valid,
  Invalid,
  NewerFormat
};

/// `to` has kSnapshotPreambleBytes.
void encode_preamble(char* to);
/// `bytes` has kSnapshotPreambleBytes.
[[nodiscard]] PreambleState decode_preamble(View bytes);
/// What the first block's checksum is seeded with.
[[nodiscard]] std::uint64_t preamble_seed();

/// Writes a frame of kBlockFrameBytes to `to` and returns the block's checksum.
std::uint64_t encode_frame(const BlockFrame& frame, View stored, std::uint64_t previous, char* to);
/// The frame, if its check is right; `bytes` has kBlockFrameBytes.
[[nodiscard]] std::optional<BlockFrame> decode_frame(View bytes, std::uint64_t previous);
/// The checksum that a block should have, and the one that its frame holds.
[[nodiscard]] std::uint64_t block_checksum(View frame, View stored, std::uint64_t previous);
[[nodiscard]] std::uint64_t stored_checksum(View frame);

}  // namespace paddock::storage
