// SPDX-License-Identifier: Apache-2.0
//
// Another server's snapshot file on its way in: its bytes are written aside as they come, into
// `received.<zxid>`, and mean nothing before verify() has found them whole and right. Unless it is
// to be kept, it leaves nothing behind. Log thread; one at a time in a directory.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "base/ids.h"
#include "storage/disk.h"
#include "storage/snapshot_reader.h"

namespace paddock::storage {

class ReceivedSnapshot {
 public:
  /// The file is synced each time that `sync_every_bytes` were written.
  [[nodiscard]] static Result<std::unique_ptr<ReceivedSnapshot>> create(
      Disk& disk, std::string directory, Zxid zxid, std::uint64_t sync_every_bytes);
  ~ReceivedSnapshot();
  ReceivedSnapshot(const ReceivedSnapshot&) = delete;
  ReceivedSnapshot& operator=(const ReceivedSnapshot&) = delete;

  [[nodiscard]] Zxid zxid() const { return zxid_; }
  /// Received so far.
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  [[nodiscard]] Result<> append(View bytes);

  // --- For the store.
  /// Makes the file durable under its name and reads all of it, with every checksum. *Errors*:
  /// Damaged, if the bytes are not a whole snapshot of this zxid.
  [[nodiscard]] SnapshotResult<SnapshotInfo> verify();
  /// The file stays, whatever comes: it is about to be relied on.
  void keep() { file_.reset(); }

 private:
  ReceivedSnapshot(Disk& disk, std::string directory, Zxid zxid, std::uint64_t sync_every_bytes);
  [[nodiscard]] Result<> make_durable();

  Disk& disk_;
  std::string directory_;
  std::string path_;
  Zxid zxid_;
  std::uint64_t sync_every_bytes_;
  std::unique_ptr<File> file_;  // as long as the file is this object's
  std::uint64_t bytes_ = 0;
  std::uint64_t synced_ = 0;
};

/// Gives the received file, which was verified, the name of a snapshot, durably.
[[nodiscard]] Result<> place_received(Disk& disk, const std::string& directory, Zxid zxid);

}  // namespace paddock::storage
