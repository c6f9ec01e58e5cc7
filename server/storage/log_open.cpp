// SPDX-License-Identifier: Apache-2.0
//
// How a log comes into being, new or out of what recovery has found.
#include <algorithm>
#include <string>
#include <utility>

#include "base/assert.h"
#include "storage/log_impl.h"

namespace paddock::storage {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 20U;

constexpr std::uint64_t block_floor(std::uint64_t offset) {
  return offset / kBlockBytes * kBlockBytes;
}

std::unexpected<LogError> io(Error error) {
  return std::unexpected(LogError{std::move(error), LogFault::Io});
}

}  // namespace

Log::Impl::Impl(Disk& disk, LogOptions options)
    : options_(std::move(options)),
      files_(disk, {options_.directory, options_.segment_bytes, options_.retired_max}) {
  PADDOCK_ASSERT(options_.segment_bytes % kBlockBytes == 0);
  PADDOCK_ASSERT(options_.segment_bytes > 0);
}

Result<> Log::Impl::create(Zxid base) {
  PADDOCK_TRY(files_.clear());
  auto file = files_.make(1);
  if (!file) return std::unexpected(std::move(file).error());
  last_ = synced_ = base;
  PADDOCK_TRY(
      start_segment(std::move(*file),
                    {.id = {options_.log_id, 1}, .base = base, .previous = 0, .restart = true}));
  return write_header();
}

LogResult<> Log::Impl::open(LogStart start) {
  auto sequences = files_.scan();
  if (!sequences) return io(std::move(sequences).error());
  auto found = recover_log(files_, *sequences, options_.log_id, start);
  if (!found) return std::unexpected(std::move(found).error());
  if (auto adopted = adopt(*found); !adopted) return io(std::move(adopted).error());
  return {};
}

Result<> Log::Impl::adopt(const RecoveredLog& found) {
  for (const std::uint64_t sequence : found.leftovers) PADDOCK_TRY(files_.remove(sequence));
  PADDOCK_TRY(erase_torn(found.torn));
  segments_ = found.segments;
  header_ = segments_.back();
  seed_ = segment_seed(header_.id);
  end_ = found.end;
  chain_ = found.chain;
  last_ = synced_ = found.last;
  if (found.has_spare) {
    auto spare = files_.open(current_sequence() + 1, OpenMode::ReadWrite);
    if (!spare) return std::unexpected(std::move(spare).error());
    spare_ = std::move(*spare);
  }
  auto file = files_.open(current_sequence(), OpenMode::ReadWrite);
  if (!file) return std::unexpected(std::move(file).error());
  file_ = std::move(*file);
  PADDOCK_TRY(rewrite_tail(found.unproven));
  publish();
  return {};
}

Result<> Log::Impl::erase_torn(const std::vector<TornRemains>& torn) {
  for (const TornRemains& remains : torn) {
    const std::string zeros(std::min<std::uint64_t>(kPieceBytes, remains.end - remains.begin),
                            '\0');
    auto file = files_.open(remains.sequence, OpenMode::ReadWrite);
    if (!file) return std::unexpected(std::move(file).error());
    for (std::uint64_t at = remains.begin; at < remains.end; at += zeros.size()) {
      const auto count = std::min<std::uint64_t>(zeros.size(), remains.end - at);
      PADDOCK_TRY((*file)->write(at, View{zeros}.substr(0, count)));
    }
    PADDOCK_TRY((*file)->sync());
  }
  return {};
}

/// What nothing proves durable may be in memory only, and a sync after a failed one would not write
/// it: it is written once more, from the block of the first such record to the end.
Result<> Log::Impl::rewrite_tail(std::uint64_t unproven) {
  PADDOCK_ASSERT(unproven <= end_);
  std::string piece;
  for (std::uint64_t at = block_floor(unproven); at < end_; at += kPieceBytes) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(kPieceBytes, end_ - at));
    piece.resize(count);
    auto got = file_->read(at, piece);
    if (!got) return std::unexpected(std::move(got).error());
    PADDOCK_ASSERT(*got == count);
    piece.resize((count + kBlockBytes - 1) / kBlockBytes * kBlockBytes, '\0');
    if (header_.sealed_end == 0) PADDOCK_TRY(file_->write(at, piece));
  }
  PADDOCK_TRY(file_->sync());
  tail_size_ = static_cast<std::size_t>(end_ - block_floor(end_));
  auto got = file_->read(block_floor(end_), {tail_.data(), tail_size_});
  if (!got) return std::unexpected(std::move(got).error());
  PADDOCK_ASSERT(*got == tail_size_);
  return {};
}

}  // namespace paddock::storage
