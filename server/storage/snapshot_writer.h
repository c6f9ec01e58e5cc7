// SPDX-License-Identifier: Apache-2.0
//
// Writes one snapshot file at the pace of its caller: chunk by chunk into `snapshot.<zxid>.tmp`,
// which finish() makes durable, reads back and renames. Until then, and if the writer is dropped,
// the directory is as it was. Background thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "storage/disk.h"
#include "storage/snapshot_format.h"

namespace paddock::storage {

struct SnapshotOptions {
  /// zstd's levels; negative ones are faster and larger.
  int compression_level = 1;
  /// The file is synced each time that this much was written: a flood at the end would delay the
  /// log.
  std::uint64_t sync_every_bytes = std::uint64_t{4} << 20U;
};

class SnapshotWriter {
 public:
  /// Begins `<directory>/snapshot.<16 hex digits of info.zxid>`.
  [[nodiscard]] static Result<std::unique_ptr<SnapshotWriter>> create(Disk& disk,
                                                                      const std::string& directory,
                                                                      const SnapshotInfo& info,
                                                                      SnapshotOptions options = {});
  ~SnapshotWriter();
  SnapshotWriter(const SnapshotWriter&) = delete;
  SnapshotWriter& operator=(const SnapshotWriter&) = delete;

  /// Appends a chunk of at most kChunkBytesMax bytes; about 1 MiB is a good size. `kind` is below
  /// 2^31.
  [[nodiscard]] Result<> add(std::uint32_t kind, View bytes);

  /// Completes the file: footer, sync, a full read with verification, rename. It is the newest
  /// snapshot from then on, so everything up to its zxid must be durable elsewhere (the log) or
  /// restarted there.
  [[nodiscard]] Result<> finish();

  [[nodiscard]] const SnapshotInfo& info() const;
  /// Bytes in the file so far.
  [[nodiscard]] std::uint64_t bytes() const;

 private:
  class Impl;
  explicit SnapshotWriter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace paddock::storage
