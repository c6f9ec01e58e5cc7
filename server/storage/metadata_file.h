// SPDX-License-Identifier: Apache-2.0
//
// The one metadata record, in two slots of one file. An update writes one slot, syncs, writes the
// other and syncs, so that a crash leaves the old or the new record, and one rotten slot never
// brings back an older record than was reported as written. Not for concurrent use.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/error.h"
#include "storage/disk.h"
#include "storage/metadata.pb.h"

namespace paddock::storage {

enum class MetadataFault : std::uint8_t {
  Missing,
  Damaged,
  NewerFormat,
  Io
};

struct MetadataError : Error {
  MetadataFault fault = MetadataFault::Io;
};

class MetadataFile {
 public:
  /// Makes the file `path` in an existing directory, in one step as crashes see it.
  [[nodiscard]] static Result<MetadataFile> create(Disk& disk,
                                                   const std::string& path,
                                                   const Metadata& first);
  /// Reads the newest record and repairs a slot that a crash or rot has left behind.
  [[nodiscard]] static std::expected<MetadataFile, MetadataError> open(Disk& disk,
                                                                       const std::string& path);

  [[nodiscard]] const Metadata& current() const { return current_; }

  /// Durable when it returns. After an error the caller has to stop.
  [[nodiscard]] Result<> write(const Metadata& next);

 private:
  explicit MetadataFile(std::unique_ptr<File> file) : file_(std::move(file)) {}
  [[nodiscard]] Result<> write_slots(std::size_t first);

  std::unique_ptr<File> file_;
  Metadata current_;
  std::uint64_t sequence_ = 0;
};

}  // namespace paddock::storage
