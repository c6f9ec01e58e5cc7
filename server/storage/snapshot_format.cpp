// SPDX-License-Identifier: Apache-2.0
#include "storage/snapshot_format.h"

#include <new>

#include <zstd.h>

#include "base/assert.h"

namespace paddock::storage {

ChunkDecoder::ChunkDecoder() : context_(ZSTD_createDCtx()) {
  if (context_ == nullptr) throw std::bad_alloc();
}

ChunkDecoder::~ChunkDecoder() {
  ZSTD_freeDCtx(context_);
}

Result<View> ChunkDecoder::decode(const StoredChunk& chunk) {
  if (!chunk.compressed) return chunk.bytes.view();
  if (chunk.raw_size > kChunkBytesMax)
    return fail("a chunk of the snapshot claims to be too large");
  raw_.clear();
  char* room = raw_.extend(chunk.raw_size);
  const std::size_t size =
      ZSTD_decompressDCtx(context_, room, chunk.raw_size, chunk.bytes.data(), chunk.bytes.size());
  if (ZSTD_isError(size) != 0 || size != chunk.raw_size) {
    return fail("a chunk of the snapshot cannot be decompressed");
  }
  return raw_.view();
}

}  // namespace paddock::storage
