// SPDX-License-Identifier: Apache-2.0
#include "storage/snapshot_blocks.h"

#include <array>

#include "base/assert.h"
#include "base/hash.h"

namespace paddock::storage {
namespace {

constexpr std::uint64_t kMagic = 0x31504e53444b4450U;  // "PDKDSNP1"
constexpr std::size_t kVersionAt = 8;

constexpr std::size_t kCheckAt = 8;
constexpr std::size_t kKindAt = 12;
constexpr std::size_t kRawSizeAt = 16;
constexpr std::size_t kStoredSizeAt = 20;
constexpr std::size_t kFlagsAt = 24;
static_assert(kFlagsAt + 8 == kBlockFrameBytes);

constexpr std::uint32_t kCompressedFlag = 1;

std::uint32_t frame_check(const char* frame, std::uint64_t previous) {
  const View fields{frame + kKindAt, kBlockFrameBytes - kKindAt};
  return static_cast<std::uint32_t>(hash64(fields, previous));
}

}  // namespace

void encode_preamble(char* to) {
  std::memset(to, 0, kSnapshotPreambleBytes);
  store_le(to, kMagic);
  store_le(to + kVersionAt, kSnapshotVersion);
}

PreambleState decode_preamble(View bytes) {
  PADDOCK_ASSERT(bytes.size() == kSnapshotPreambleBytes);
  if (load_le<std::uint64_t>(bytes.data()) != kMagic) return PreambleState::Invalid;
  const auto version = load_le<std::uint32_t>(bytes.data() + kVersionAt);
  if (version == 0 || load_le<std::uint32_t>(bytes.data() + kVersionAt + 4) != 0) {
    return PreambleState::Invalid;
  }
  return version <= kSnapshotVersion ? PreambleState::Valid : PreambleState::NewerFormat;
}

std::uint64_t preamble_seed() {
  std::array<char, kSnapshotPreambleBytes> preamble;
  encode_preamble(preamble.data());
  return hash64(View{preamble.data(), preamble.size()});
}

std::uint64_t block_checksum(View frame, View stored, std::uint64_t previous) {
  PADDOCK_ASSERT(frame.size() == kBlockFrameBytes);
  return hash64(stored, hash64(frame.substr(kCheckAt), previous));
}

std::uint64_t stored_checksum(View frame) {
  return load_le<std::uint64_t>(frame.data());
}

std::uint64_t encode_frame(const BlockFrame& frame, View stored, std::uint64_t previous, char* to) {
  PADDOCK_ASSERT(stored.size() == frame.stored_size);
  std::memset(to, 0, kBlockFrameBytes);
  store_le(to + kKindAt, frame.kind);
  store_le(to + kRawSizeAt, frame.raw_size);
  store_le(to + kStoredSizeAt, frame.stored_size);
  store_le(to + kFlagsAt, frame.compressed ? kCompressedFlag : 0U);
  store_le(to + kCheckAt, frame_check(to, previous));
  const std::uint64_t checksum = block_checksum(View{to, kBlockFrameBytes}, stored, previous);
  store_le(to, checksum);
  return checksum;
}

std::optional<BlockFrame> decode_frame(View bytes, std::uint64_t previous) {
  PADDOCK_ASSERT(bytes.size() == kBlockFrameBytes);
  const char* from = bytes.data();
  if (load_le<std::uint32_t>(from + kCheckAt) != frame_check(from, previous)) return std::nullopt;
  const auto flags = load_le<std::uint32_t>(from + kFlagsAt);
  if ((flags & ~kCompressedFlag) != 0) return std::nullopt;
  return BlockFrame{.kind = load_le<std::uint32_t>(from + kKindAt),
                    .raw_size = load_le<std::uint32_t>(from + kRawSizeAt),
                    .stored_size = load_le<std::uint32_t>(from + kStoredSizeAt),
                    .compressed = flags != 0};
}

}  // namespace paddock::storage
