// SPDX-License-Identifier: Apache-2.0
//
// The files of a log's directory: `segment.<sequence>`, in use or prepared, and
// `retired.<sequence>`, which wait to be used again. A file is always written full with zeros, or
// recycled, and durable under its name before it is handed out. Not for concurrent use.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "storage/disk.h"

namespace paddock::storage {

struct SegmentFilesOptions {
  std::string directory;
  std::uint64_t segment_bytes = 0;
  std::size_t retired_max = 0;
};

class SegmentFiles {
 public:
  SegmentFiles(Disk& disk, SegmentFilesOptions options)
      : disk_(disk), options_(std::move(options)) {}

  /// Looks through the directory, once and first: the sequences of all segments, rising. What a
  /// crash has left half made is removed.
  [[nodiscard]] Result<std::vector<std::uint64_t>> scan();

  [[nodiscard]] std::string path(std::uint64_t sequence) const;
  [[nodiscard]] DiskResult<std::unique_ptr<File>> open(std::uint64_t sequence, OpenMode mode) const;

  /// A full-sized segment file whose content means nothing: a retired one, or a new one.
  [[nodiscard]] Result<std::unique_ptr<File>> make(std::uint64_t sequence);

  /// Takes a segment out of use, durably, and keeps its file for make() unless there are enough.
  [[nodiscard]] Result<> retire(std::uint64_t sequence);
  /// Deletes a segment, durably: its number will be used again.
  [[nodiscard]] Result<> remove(std::uint64_t sequence);
  /// Deletes all files of the log.
  [[nodiscard]] Result<> clear();

 private:
  [[nodiscard]] std::string retired_path(std::uint64_t sequence) const;
  [[nodiscard]] Result<bool> recycle(std::uint64_t sequence);
  [[nodiscard]] Result<> create(std::uint64_t sequence);
  [[nodiscard]] Result<> remove_file(const std::string& path);

  Disk& disk_;
  SegmentFilesOptions options_;
  std::vector<std::uint64_t> retired_;
};

}  // namespace paddock::storage
