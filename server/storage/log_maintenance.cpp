// SPDX-License-Identifier: Apache-2.0
//
// What happens to a log's segments apart from being written: preparing, releasing, truncating,
// restarting; and what readers are told about them.
#include <array>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "base/assert.h"
#include "storage/log_impl.h"
#include "storage/segment_cursor.h"

namespace paddock::storage {

Zxid Log::Impl::base() const {
  const std::lock_guard lock(mutex_);
  return segments_.front().base;
}

Zxid Log::Impl::last() const {
  const std::lock_guard lock(mutex_);
  return durable_;
}

bool Log::Impl::wants_spare() const {
  const std::lock_guard lock(mutex_);
  return spare_ == nullptr;
}

Result<> Log::Impl::prepare_spare() {
  const std::lock_guard files_lock(files_mutex_);
  std::uint64_t sequence = 0;
  {
    const std::lock_guard lock(mutex_);
    if (spare_ != nullptr || rolling_) return {};
    sequence = segments_.back().id.sequence + 1;
  }
  auto file = files_.make(sequence);
  if (!file) return std::unexpected(std::move(file).error());
  const std::lock_guard lock(mutex_);
  spare_ = std::move(*file);
  return {};
}

/// Every segment but the last written one was synced when the log rolled.
Result<> Log::Impl::flush() {
  if (options_.sync == SyncPolicy::Always) return {};
  const std::lock_guard files_lock(files_mutex_);
  std::uint64_t sequence = 0;
  {
    const std::lock_guard lock(mutex_);
    sequence = durable_sequence_;
  }
  auto file = files_.open(sequence, OpenMode::ReadWrite);
  if (!file) return std::unexpected(std::move(file).error());
  PADDOCK_TRY((*file)->sync());
  return {};
}

Result<> Log::Impl::release_up_to(Zxid zxid) {
  const std::lock_guard files_lock(files_mutex_);
  // One by one, oldest first and each durable: a crash leaves no hole.
  while (const auto sequence = releasable(zxid)) PADDOCK_TRY(files_.retire(*sequence));
  return {};
}

/// Takes the oldest segment off the list if nobody needs it: the one behind it is on the disk and
/// continues from `zxid` or below.
std::optional<std::uint64_t> Log::Impl::releasable(Zxid zxid) {
  const std::lock_guard lock(mutex_);
  if (segments_.size() < 2) return std::nullopt;
  const std::uint64_t oldest = segments_[0].id.sequence;
  const SegmentHeader& next = segments_[1];
  if (next.base > zxid || next.id.sequence > durable_sequence_) return std::nullopt;
  if (!pins_.empty() && *pins_.begin() <= oldest) return std::nullopt;
  segments_.erase(segments_.begin());
  return oldest;
}

Result<> Log::Impl::restart(Zxid base) {
  if (broken_) return fail("the log has failed before; restart the server");
  auto file = take_spare();
  if (!file) return std::unexpected(std::move(file).error());
  const std::lock_guard files_lock(files_mutex_);
  std::vector<SegmentHeader> old;
  {
    const std::lock_guard lock(mutex_);
    old = segments_;
  }
  broken_ = true;  // until the new beginning is on the disk
  last_ = synced_ = base;
  chain_ = 0;
  PADDOCK_TRY(start_segment(std::move(*file),
                            {.id = {options_.log_id, current_sequence() + 1},
                             .base = base,
                             .previous = 0,
                             .restart = true}));
  PADDOCK_TRY(write_header());
  for (const SegmentHeader& segment : old) PADDOCK_TRY(files_.retire(segment.id.sequence));
  broken_ = false;
  return {};
}

Result<> Log::Impl::write_header() {
  std::array<char, kSegmentHeaderBytes> bytes{};
  encode(header_, bytes.data());
  PADDOCK_TRY(file_->write(0, View{bytes.data(), bytes.size()}));
  PADDOCK_TRY(file_->sync());
  publish();
  return {};
}

Result<> Log::Impl::truncate(Zxid zxid) {
  if (broken_) return fail("the log has failed before; restart the server");
  if (zxid >= last_) return {};
  const std::lock_guard files_lock(files_mutex_);
  std::vector<SegmentHeader> segments;
  {
    const std::lock_guard lock(mutex_);
    if (zxid < segments_.front().base) {
      return fail(fmt::format("the log cannot be truncated to 0x{:x}: it begins above 0x{:x}",
                              zxid.value,
                              segments_.front().base.value));
    }
    ++generation_;
    segments = segments_;
    if (spare_ != nullptr)
      segments.push_back({.id = {options_.log_id, current_sequence() + 1}, .base = last_});
    spare_.reset();
  }
  broken_ = true;  // until it is done
  // The highest goes first, so that a crash leaves the beginning of what was there. Numbers are
  // used again: the files must not be, since their records would look like live ones.
  while (segments.size() > 1 && segments.back().base >= zxid) {
    PADDOCK_TRY(files_.remove(segments.back().id.sequence));
    segments.pop_back();
  }
  PADDOCK_TRY(cut_segment(segments.back(), zxid));
  segments.back() = header_;
  {
    const std::lock_guard lock(mutex_);
    segments_ = std::move(segments);
    ++generation_;
  }
  publish();
  broken_ = false;
  return {};
}

/// Seals a segment behind its last record up to `zxid`: the next commit begins a new one.
Result<> Log::Impl::cut_segment(SegmentHeader segment, Zxid zxid) {
  auto reading = files_.open(segment.id.sequence, OpenMode::Read);
  if (!reading) return std::unexpected(std::move(reading).error());
  SegmentCursor cursor(std::move(*reading), segment);
  const std::uint64_t limit =
      segment.sealed_end != 0 ? segment.sealed_end : std::numeric_limits<std::uint64_t>::max();
  while (true) {
    auto record = cursor.peek(limit);
    if (!record) return std::unexpected(std::move(record).error());
    if (!*record || (*record)->header.zxid > zxid) break;
    cursor.advance();
  }
  auto file = files_.open(segment.id.sequence, OpenMode::ReadWrite);
  if (!file) return std::unexpected(std::move(file).error());
  file_ = std::move(*file);
  header_ = segment;
  header_.sealed_end = cursor.offset();
  end_ = cursor.offset();
  chain_ = cursor.chain();
  last_ = synced_ = cursor.last();
  return write_header();
}

LogResult<Log::Impl::Pinned> Log::Impl::pin_segment_of(Zxid from) {
  const std::lock_guard lock(mutex_);
  if (from < segments_.front().base) {
    return std::unexpected(
        LogError{{fmt::format("the log begins above 0x{:x} and has nothing from 0x{:x} on",
                              segments_.front().base.value,
                              from.value)},
                 LogFault::Gap});
  }
  std::size_t index = segments_.size() - 1;
  while (segments_[index].base > from) --index;
  const SegmentHeader& segment = segments_[index];
  return Pinned{segment, pins_.insert(segment.id.sequence), generation_};
}

std::optional<Log::Impl::Pinned> Log::Impl::pin_next(const Pinned& pinned) {
  const std::lock_guard lock(mutex_);
  if (generation_ != pinned.generation) return std::nullopt;
  const std::uint64_t wanted = pinned.segment.id.sequence + 1;
  const std::uint64_t oldest = segments_.front().id.sequence;
  PADDOCK_ASSERT(wanted >= oldest && wanted - oldest < segments_.size());
  pins_.erase(pinned.pin);
  return Pinned{segments_[wanted - oldest], pins_.insert(wanted), generation_};
}

void Log::Impl::unpin(const Pinned& pinned) {
  const std::lock_guard lock(mutex_);
  pins_.erase(pinned.pin);
}

std::optional<ReadLimit> Log::Impl::read_limit(const Pinned& pinned) const {
  const std::lock_guard lock(mutex_);
  if (generation_ != pinned.generation) return std::nullopt;
  const std::uint64_t sequence = pinned.segment.id.sequence;
  if (sequence > durable_sequence_) return ReadLimit{kSegmentHeaderBytes, false};
  if (sequence == durable_sequence_) return ReadLimit{durable_end_, false};
  const std::uint64_t sealed = pinned.segment.sealed_end;
  return ReadLimit{sealed != 0 ? sealed : std::numeric_limits<std::uint64_t>::max(), true};
}

DiskResult<std::unique_ptr<File>> Log::Impl::open_segment(std::uint64_t sequence) const {
  return files_.open(sequence, OpenMode::Read);
}

std::string Log::Impl::segment_path(std::uint64_t sequence) const {
  return files_.path(sequence);
}

}  // namespace paddock::storage
