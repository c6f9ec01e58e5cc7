// SPDX-License-Identifier: Apache-2.0
//
// The file of a finished snapshot as raw bytes, to be shipped to a learner. As long as it is open
// it stays readable, and the log behind it stays too, so that whoever has received it can go on
// from there. One thread at a time; the store outlives it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/ids.h"
#include "storage/disk.h"

namespace paddock::storage {

class SnapshotFile {
 public:
  /// `on_close`: nobody needs the snapshot of `zxid` through this any more.
  SnapshotFile(Zxid zxid, std::function<void()> on_close)
      : zxid_(zxid), on_close_(std::move(on_close)) {}
  ~SnapshotFile() { on_close_(); }
  SnapshotFile(const SnapshotFile&) = delete;
  SnapshotFile& operator=(const SnapshotFile&) = delete;

  /// For the store.
  [[nodiscard]] DiskResult<> open(Disk& disk, const std::string& path);

  [[nodiscard]] Zxid zxid() const { return zxid_; }
  /// Of the whole file.
  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// `length` bytes from `offset` on: fewer, or none, only at the end.
  [[nodiscard]] Result<std::string> read(std::uint64_t offset, std::size_t length);

 private:
  Zxid zxid_;
  std::function<void()> on_close_;
  std::string path_;
  std::unique_ptr<File> file_;
  std::uint64_t size_ = 0;
};

}  // namespace paddock::storage
