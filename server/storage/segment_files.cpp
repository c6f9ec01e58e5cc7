// SPDX-License-Identifier: Apache-2.0
#include "storage/segment_files.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "storage/file_names.h"

namespace paddock::storage {
namespace {

constexpr std::string_view kSegmentPrefix = "segment.";
constexpr std::string_view kRetiredPrefix = "retired.";
constexpr std::string_view kTemporarySuffix = ".tmp";

// Zeros are written and synced in pieces: one large sync would hold up those of the log.
constexpr std::size_t kZeroPieceBytes = std::size_t{1} << 20U;
constexpr std::size_t kZeroPiecesPerSync = 4;

DiskResult<> fill_with_zeros(File& file, std::uint64_t size) {
  const std::string zeros(static_cast<std::size_t>(std::min<std::uint64_t>(size, kZeroPieceBytes)),
                          '\0');
  std::size_t pieces = 0;
  for (std::uint64_t at = 0; at < size; at += zeros.size()) {
    const auto piece = std::min<std::uint64_t>(zeros.size(), size - at);
    auto written = file.write(at, View{zeros}.substr(0, piece));
    if (!written) return written;
    if (++pieces % kZeroPiecesPerSync != 0) continue;
    if (auto synced = file.sync(); !synced) return synced;
  }
  return file.sync();
}

}  // namespace

std::string SegmentFiles::path(std::uint64_t sequence) const {
  return options_.directory + "/" + numbered_name(kSegmentPrefix, sequence);
}

std::string SegmentFiles::retired_path(std::uint64_t sequence) const {
  return options_.directory + "/" + numbered_name(kRetiredPrefix, sequence);
}

Result<> SegmentFiles::remove_file(const std::string& path) {
  PADDOCK_TRY(disk_.remove(path));
  PADDOCK_TRY(disk_.sync_directory(options_.directory));
  return {};
}

Result<std::vector<std::uint64_t>> SegmentFiles::scan() {
  PADDOCK_ASSERT(retired_.empty());
  auto names = disk_.list(options_.directory);
  if (!names) return std::unexpected(std::move(names).error());
  std::vector<std::uint64_t> segments;
  for (const std::string& name : *names) {
    if (const auto sequence = number_of(name, kSegmentPrefix)) segments.push_back(*sequence);
    if (const auto sequence = number_of(name, kRetiredPrefix)) retired_.push_back(*sequence);
    if (name.starts_with(kSegmentPrefix) && name.ends_with(kTemporarySuffix)) {
      PADDOCK_TRY(disk_.remove(options_.directory + "/" + name));
    }
  }
  // A process that died may have left names that are not durable, and they are built on from now
  // on.
  PADDOCK_TRY(disk_.sync_directory(options_.directory));
  return segments;
}

DiskResult<std::unique_ptr<File>> SegmentFiles::open(std::uint64_t sequence, OpenMode mode) const {
  return disk_.open(path(sequence), mode);
}

Result<std::unique_ptr<File>> SegmentFiles::make(std::uint64_t sequence) {
  auto recycled = recycle(sequence);
  if (!recycled) return std::unexpected(std::move(recycled).error());
  if (!*recycled) PADDOCK_TRY(create(sequence));
  PADDOCK_TRY(disk_.sync_directory(options_.directory));
  auto file = open(sequence, OpenMode::ReadWrite);
  if (!file) return std::unexpected(std::move(file).error());
  return std::move(*file);
}

Result<bool> SegmentFiles::recycle(std::uint64_t sequence) {
  while (!retired_.empty()) {
    const std::string from = retired_path(retired_.front());
    auto file = disk_.open(from, OpenMode::Read);
    if (!file) return std::unexpected(std::move(file).error());
    auto size = (*file)->size();
    if (!size) return std::unexpected(std::move(size).error());
    retired_.erase(retired_.begin());
    if (*size == options_.segment_bytes) {
      PADDOCK_TRY(disk_.rename(from, path(sequence)));
      return true;
    }
    PADDOCK_TRY(remove_file(from));  // of another configuration, or grown by one huge record
  }
  return false;
}

Result<> SegmentFiles::create(std::uint64_t sequence) {
  const std::string name = path(sequence);
  const std::string temporary = name + std::string(kTemporarySuffix);
  auto file = disk_.open(temporary, OpenMode::Create);
  if (!file) return std::unexpected(std::move(file).error());
  if (auto filled = fill_with_zeros(**file, options_.segment_bytes); !filled) {
    static_cast<void>(disk_.remove(temporary));  // room for those who need it more
    return std::unexpected(std::move(filled).error());
  }
  PADDOCK_TRY(disk_.rename(temporary, name));
  return {};
}

Result<> SegmentFiles::retire(std::uint64_t sequence) {
  if (retired_.size() >= options_.retired_max) return remove(sequence);
  PADDOCK_TRY(disk_.rename(path(sequence), retired_path(sequence)));
  PADDOCK_TRY(disk_.sync_directory(options_.directory));
  retired_.push_back(sequence);
  return {};
}

Result<> SegmentFiles::remove(std::uint64_t sequence) {
  return remove_file(path(sequence));
}

Result<> SegmentFiles::clear() {
  auto segments = scan();
  if (!segments) return std::unexpected(std::move(segments).error());
  for (const std::uint64_t sequence : *segments) PADDOCK_TRY(disk_.remove(path(sequence)));
  for (const std::uint64_t sequence : retired_) PADDOCK_TRY(disk_.remove(retired_path(sequence)));
  retired_.clear();
  PADDOCK_TRY(disk_.sync_directory(options_.directory));
  return {};
}

}  // namespace paddock::storage
