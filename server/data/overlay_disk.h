// SPDX-License-Identifier: Apache-2.0
//
// A disk over another one that is only read: what is written stays in memory. So a directory can be
// opened by the very code that a server starts with, and stays as it is, bit by bit. One thread.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "storage/disk.h"

namespace paddock::data {

class OverlayDisk final : public storage::Disk {
 public:
  explicit OverlayDisk(storage::Disk& below) : below_(below) {}

  /// Takes a file into memory as it is now, from its end to its beginning: of one that is appended
  /// to meanwhile, nothing is missing before what was seen.
  [[nodiscard]] storage::DiskResult<> freeze(const std::string& path);

  [[nodiscard]] storage::DiskResult<std::unique_ptr<storage::File>> open(
      const std::string& path, storage::OpenMode mode) override;
  [[nodiscard]] storage::DiskResult<storage::PathKind> kind(const std::string& path) override;
  [[nodiscard]] storage::DiskResult<std::vector<std::string>> list(
      const std::string& directory) override;
  [[nodiscard]] storage::DiskResult<> make_directory(const std::string& path) override;
  [[nodiscard]] storage::DiskResult<> rename(const std::string& from,
                                             const std::string& to) override;
  [[nodiscard]] storage::DiskResult<> remove(const std::string& path) override;
  [[nodiscard]] storage::DiskResult<> sync_directory(const std::string& path) override;
  [[nodiscard]] storage::DiskResult<std::uint64_t> free_bytes(const std::string& path) override;
  /// Holds nothing.
  [[nodiscard]] storage::DiskResult<std::unique_ptr<storage::DirectoryLock>> lock_directory(
      const std::string& directory) override;

 private:
  struct Content;
  class OverlayFile;

  [[nodiscard]] storage::DiskResult<std::shared_ptr<Content>> content_of(const std::string& path);

  storage::Disk& below_;
  std::map<std::string, std::shared_ptr<Content>> files_;
  std::set<std::string> directories_;  // made here
  std::set<std::string> removed_;
};

}  // namespace paddock::data
