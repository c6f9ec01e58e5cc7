// SPDX-License-Identifier: Apache-2.0
//
// Reads one snapshot file with memory for one chunk, verifying each checksum on the way.
// Decompression is apart (ChunkDecoder), so that a second thread can decode ahead. Any thread, one
// at a time.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "storage/disk.h"
#include "storage/snapshot_format.h"

namespace paddock::storage {

enum class SnapshotFault : std::uint8_t {
  Damaged,
  NewerFormat,
  Io
};

struct SnapshotError : Error {
  SnapshotFault fault = SnapshotFault::Io;
};

template <class T = void>
using SnapshotResult = std::expected<T, SnapshotError>;

class SnapshotReader {
 public:
  /// Opens a file and reads its header.
  [[nodiscard]] static SnapshotResult<std::unique_ptr<SnapshotReader>> open(
      Disk& disk, const std::string& path);
  ~SnapshotReader();
  SnapshotReader(const SnapshotReader&) = delete;
  SnapshotReader& operator=(const SnapshotReader&) = delete;

  [[nodiscard]] const SnapshotInfo& info() const;

  /// Reads the next chunk into `chunk`, whose memory is reused. False: the footer was reached and
  /// is right.
  [[nodiscard]] SnapshotResult<bool> next(StoredChunk& chunk);

  /// The same with all that are left, decoded, and called for each. *Errors*: also those of `each`.
  [[nodiscard]] Result<> for_each(
      const std::function<Result<>(std::uint32_t kind, View bytes)>& each);

 private:
  class Impl;
  explicit SnapshotReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Reads a whole snapshot and checks every checksum and the footer, without decompressing.
[[nodiscard]] SnapshotResult<SnapshotInfo> verify_snapshot(Disk& disk, const std::string& path);

}  // namespace paddock::storage
