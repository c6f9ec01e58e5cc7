// SPDX-License-Identifier: Apache-2.0
#include "storage/snapshot_file.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/assert.h"

namespace paddock::storage {

DiskResult<> SnapshotFile::open(Disk& disk, const std::string& path) {
  PADDOCK_ASSERT(file_ == nullptr);
  auto file = disk.open(path, OpenMode::Read);
  if (!file) return std::unexpected(std::move(file).error());
  auto size = (*file)->size();
  if (!size) return std::unexpected(std::move(size).error());
  path_ = path;
  file_ = std::move(*file);
  size_ = *size;
  return {};
}

Result<std::string> SnapshotFile::read(std::uint64_t offset, std::size_t length) {
  PADDOCK_ASSERT(file_ != nullptr);
  std::string bytes;
  if (offset >= size_) return bytes;
  bytes.resize(static_cast<std::size_t>(std::min<std::uint64_t>(length, size_ - offset)));
  auto got = file_->read(offset, bytes);
  if (!got) return std::unexpected(std::move(got).error());
  if (*got != bytes.size()) return fail(fmt::format("{} was cut off at {}", path_, offset + *got));
  return bytes;
}

}  // namespace paddock::storage
