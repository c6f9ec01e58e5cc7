// SPDX-License-Identifier: Apache-2.0
//
// The real disk: POSIX files, fdatasync for data, fsync of directories for names, flock for locks.
// Any thread. Errors name the path, what the system said and what to do about it.
#pragma once

#include "storage/disk.h"

namespace paddock::storage {

class PosixDisk final : public Disk {
 public:
  [[nodiscard]] DiskResult<std::unique_ptr<File>> open(const std::string& path,
                                                       OpenMode mode) override;
  [[nodiscard]] DiskResult<PathKind> kind(const std::string& path) override;
  [[nodiscard]] DiskResult<std::vector<std::string>> list(const std::string& directory) override;
  [[nodiscard]] DiskResult<> make_directory(const std::string& path) override;
  [[nodiscard]] DiskResult<> rename(const std::string& from, const std::string& to) override;
  [[nodiscard]] DiskResult<> remove(const std::string& path) override;
  [[nodiscard]] DiskResult<> sync_directory(const std::string& path) override;
  [[nodiscard]] DiskResult<std::uint64_t> free_bytes(const std::string& path) override;
  [[nodiscard]] DiskResult<std::unique_ptr<DirectoryLock>> lock_directory(
      const std::string& directory) override;
};

}  // namespace paddock::storage
