// SPDX-License-Identifier: Apache-2.0
//
// Walks the chain of records in one segment file, verifying each; and, for recovery, searches what
// lies behind the chain's end for records that can only be there if more had been durable. One
// thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/byte_buffer.h"
#include "base/bytes.h"
#include "base/ids.h"
#include "storage/disk.h"
#include "storage/log_format.h"

namespace paddock::storage {

struct CursorRecord {
  RecordHeader header;
  View payload;  // valid until the cursor moves
};

class SegmentCursor {
 public:
  /// Starts at the first record of the segment that `header` begins.
  SegmentCursor(std::unique_ptr<File> file, const SegmentHeader& header);

  /// The record at offset(), if there is one, it ends at or before `limit`, and it is right:
  /// checksums, chain and rising zxid. Bytes from `limit` on are not looked at.
  [[nodiscard]] DiskResult<std::optional<CursorRecord>> peek(std::uint64_t limit);
  /// Goes behind the record that peek() has just returned.
  void advance();

  [[nodiscard]] std::uint64_t offset() const { return offset_; }
  /// The checksum and zxid of the record before offset().
  [[nodiscard]] std::uint64_t chain() const { return chain_; }
  [[nodiscard]] Zxid last() const { return last_; }
  [[nodiscard]] File& file() { return *file_; }

 private:
  [[nodiscard]] DiskResult<View> window(std::size_t wanted, std::uint64_t limit);

  std::unique_ptr<File> file_;
  std::uint64_t seed_;
  std::uint64_t offset_ = kSegmentHeaderBytes;
  std::uint64_t chain_;
  Zxid last_;
  ByteBuffer buffer_;  // the file's bytes from offset_ on, as far as they were read
  std::optional<RecordHeader> peeked_;
};

/// What lies behind the end of a chain.
struct Remains {
  /// The highest `synced` zxid of a right record: proof that everything up to it was durable.
  Zxid proof;
  /// The end of the last right record; 0: there is none.
  std::uint64_t end = 0;
};

/// Searches segment `id` from `offset` on for right records, whatever lies between them.
[[nodiscard]] DiskResult<Remains> search_remains(File& file, SegmentId id, std::uint64_t offset);

}  // namespace paddock::storage
