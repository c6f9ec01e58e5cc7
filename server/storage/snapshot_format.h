// SPDX-License-Identifier: Apache-2.0
//
// What a snapshot file holds: blocks of one frame each (header, chunks, footer), every one with an
// XXH3 checksum chained to the block before, so that a missing, doubled or exchanged block is
// noticed. A chunk is opaque: the caller gives it a kind and bytes, and each is compressed by
// itself (zstd), so that decoding is a pure function for any thread.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "base/byte_buffer.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/ids.h"
#include "base/time.h"

struct ZSTD_DCtx_s;

namespace paddock::storage {

/// What a snapshot says of itself in its header.
struct SnapshotInfo {
  /// The state is exactly that after this transaction.
  Zxid zxid;
  std::string ensemble_id{};
  WallTime created{};
  /// How much there is to load, in the caller's units: for progress and for tables made to size.
  std::uint64_t items = 0;
  std::uint32_t feature_level = 0;
};

/// The largest chunk that can be written, in bytes before compression.
inline constexpr std::size_t kChunkBytesMax = std::size_t{512} << 20U;

/// A chunk as it is in the file: its checksum was good, it is not yet decompressed.
struct StoredChunk {
  /// The caller's number, below 2^31.
  std::uint32_t kind = 0;
  bool compressed = false;
  std::size_t raw_size = 0;
  ByteBuffer bytes;
};

/// Decompresses chunks. One per thread; any thread.
class ChunkDecoder {
 public:
  ChunkDecoder();
  ~ChunkDecoder();
  ChunkDecoder(const ChunkDecoder&) = delete;
  ChunkDecoder& operator=(const ChunkDecoder&) = delete;

  /// The chunk's bytes as they were given to the writer, valid while both the chunk is unchanged
  /// and this decoder is not used again.
  [[nodiscard]] Result<View> decode(const StoredChunk& chunk);

 private:
  ZSTD_DCtx_s* context_;
  ByteBuffer raw_;
};

}  // namespace paddock::storage
