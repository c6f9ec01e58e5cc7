// SPDX-License-Identifier: Apache-2.0
#include "storage/received_snapshot.h"

#include <utility>

#include <fmt/format.h>

#include "base/assert.h"
#include "storage/snapshots.h"

namespace paddock::storage {

ReceivedSnapshot::ReceivedSnapshot(Disk& disk,
                                   std::string directory,
                                   Zxid zxid,
                                   std::uint64_t sync_every_bytes)
    : disk_(disk),
      directory_(std::move(directory)),
      path_(received_path(directory_, zxid)),
      zxid_(zxid),
      sync_every_bytes_(sync_every_bytes) {}

ReceivedSnapshot::~ReceivedSnapshot() {
  // A file that stays in spite of this is removed at the next start.
  if (file_ != nullptr) static_cast<void>(disk_.remove(path_));
}

Result<std::unique_ptr<ReceivedSnapshot>> ReceivedSnapshot::create(Disk& disk,
                                                                   std::string directory,
                                                                   Zxid zxid,
                                                                   std::uint64_t sync_every_bytes) {
  std::unique_ptr<ReceivedSnapshot> received(
      new ReceivedSnapshot(disk, std::move(directory), zxid, sync_every_bytes));
  auto file = disk.open(received->path_, OpenMode::Create);
  if (!file) return std::unexpected(std::move(file).error());
  received->file_ = std::move(*file);
  return received;
}

Result<> ReceivedSnapshot::append(View bytes) {
  PADDOCK_ASSERT(file_ != nullptr);
  PADDOCK_TRY(file_->write(bytes_, bytes));
  bytes_ += bytes.size();
  if (bytes_ - synced_ < sync_every_bytes_) return {};
  synced_ = bytes_;
  PADDOCK_TRY(file_->sync());
  return {};
}

Result<> ReceivedSnapshot::make_durable() {
  PADDOCK_TRY(file_->sync());
  PADDOCK_TRY(disk_.sync_directory(directory_));
  return {};
}

SnapshotResult<SnapshotInfo> ReceivedSnapshot::verify() {
  PADDOCK_ASSERT(file_ != nullptr);
  if (auto durable = make_durable(); !durable) {
    return std::unexpected(SnapshotError{std::move(durable).error(), SnapshotFault::Io});
  }
  auto info = verify_snapshot(disk_, path_);
  if (info && (info->zxid != zxid_ || zxid_ <= Zxid{0})) {
    return std::unexpected(
        SnapshotError{{fmt::format("what came as the snapshot of zxid 0x{:x} is that of 0x{:x}",
                                   zxid_.value,
                                   info->zxid.value)},
                      SnapshotFault::Damaged});
  }
  return info;
}

Result<> place_received(Disk& disk, const std::string& directory, Zxid zxid) {
  PADDOCK_TRY(disk.rename(received_path(directory, zxid), snapshot_path(directory, zxid)));
  PADDOCK_TRY(disk.sync_directory(directory));
  return {};
}

}  // namespace paddock::storage
