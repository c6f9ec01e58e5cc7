// SPDX-License-Identifier: Apache-2.0
#include "storage/log_recovery.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/assert.h"
#include "storage/segment_cursor.h"

namespace paddock::storage {
namespace {

constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

std::unexpected<LogError> refuse(LogFault fault, std::string message) {
  return std::unexpected(LogError{{std::move(message)}, fault});
}

std::unexpected<LogError> io(DiskError error) {
  return refuse(LogFault::Io, std::move(error.message));
}

/// One file of the run of consecutive numbers that ends with the highest.
struct Candidate {
  std::uint64_t sequence = 0;
  /// None: never written under this number, or its header is unreadable.
  std::optional<SegmentHeader> header;
};

class Recovery {
 public:
  Recovery(const SegmentFiles& files, std::uint64_t log_id, LogStart start)
      : files_(files), log_id_(log_id), start_(start) {
    start_.durable = std::max(start_.durable, start_.from);
  }

  LogResult<RecoveredLog> run(const std::vector<std::uint64_t>& sequences) {
    if (sequences.empty()) {
      return refuse(LogFault::Missing, fmt::format("there is no {} or later", files_.path(1)));
    }
    PADDOCK_TRY(read_headers(sequences));
    PADDOCK_TRY(find_live_segments());
    PADDOCK_TRY(verify_chain());
    PADDOCK_TRY(check_end());
    return std::move(found_);
  }

 private:
  LogResult<> read_headers(const std::vector<std::uint64_t>& sequences);
  LogResult<std::optional<SegmentHeader>> read_header(std::uint64_t sequence);
  LogResult<> find_live_segments();
  LogResult<> verify_chain();
  LogResult<> verify_segment(std::size_t index);
  LogResult<> check_joint(const SegmentHeader& next);
  LogResult<> check_end();
  LogResult<> check_size(File& file, std::uint64_t sequence, std::uint64_t bytes_min) const;
  LogResult<> search(std::uint64_t sequence, std::uint64_t offset);
  [[nodiscard]] std::size_t first_needed() const;
  [[nodiscard]] std::unexpected<LogError> damaged(std::uint64_t sequence,
                                                  std::uint64_t offset,
                                                  Zxid durable) const;

  const SegmentFiles& files_;
  std::uint64_t log_id_;
  LogStart start_;
  std::vector<Candidate> candidates_;
  std::size_t top_ = 0;  // the last candidate with a header
  RecoveredLog found_;
  Zxid synced_;  // the highest claim of a record or header so far
};

std::unexpected<LogError> Recovery::damaged(std::uint64_t sequence,
                                            std::uint64_t offset,
                                            Zxid durable) const {
  return refuse(
      LogFault::Damaged,
      fmt::format(
          "the log is damaged: {} cannot be read from offset {} on, though transactions above "
          "0x{:x} up to at least 0x{:x} were durable there",
          files_.path(sequence),
          offset,
          found_.last.value,
          durable.value));
}

LogResult<std::optional<SegmentHeader>> Recovery::read_header(std::uint64_t sequence) {
  auto file = files_.open(sequence, OpenMode::Read);
  if (!file) return io(std::move(file).error());
  std::array<char, kSegmentHeaderBytes> bytes{};
  auto got = (*file)->read(0, bytes);
  if (!got) return io(std::move(got).error());
  if (*got < bytes.size()) return std::nullopt;
  const DecodedHeader decoded = decode_segment_header(View{bytes.data(), bytes.size()});
  if (decoded.state == HeaderState::Invalid) return std::nullopt;
  if (decoded.header.id.log_id != log_id_) {
    return refuse(LogFault::Foreign,
                  fmt::format("{} belongs to another data directory", files_.path(sequence)));
  }
  if (decoded.state == HeaderState::NewerFormat) {
    return refuse(LogFault::NewerFormat,
                  fmt::format("{} was written by a newer version", files_.path(sequence)));
  }
  // A recycled file that was not written yet still has the header of its former number.
  if (decoded.header.id.sequence != sequence) return std::nullopt;
  return decoded.header;
}

LogResult<> Recovery::read_headers(const std::vector<std::uint64_t>& sequences) {
  auto begin = sequences.end() - 1;
  while (begin != sequences.begin() && *(begin - 1) + 1 == *begin) --begin;
  found_.leftovers.assign(sequences.begin(), begin);
  for (auto at = begin; at != sequences.end(); ++at) {
    auto header = read_header(*at);
    if (!header) return std::unexpected(std::move(header).error());
    candidates_.push_back({*at, *header});
  }
  return {};
}

/// The live segments end with the last that was begun. They start behind the last restart, or
/// behind a segment whose header is unreadable, which matters only if it is needed.
LogResult<> Recovery::find_live_segments() {
  std::size_t behind_top = candidates_.size();
  while (behind_top > 0 && !candidates_[behind_top - 1].header) --behind_top;
  if (behind_top == 0) {
    return refuse(LogFault::Damaged,
                  fmt::format("the log is damaged: the header of {} is unreadable",
                              files_.path(candidates_.front().sequence)));
  }
  top_ = behind_top - 1;
  std::size_t first = top_;
  while (first > 0 && !candidates_[first].header->restart && candidates_[first - 1].header) --first;

  for (std::size_t i = 0; i < first; ++i) found_.leftovers.push_back(candidates_[i].sequence);
  for (std::size_t i = first; i <= top_; ++i) found_.segments.push_back(*candidates_[i].header);
  found_.has_spare = behind_top < candidates_.size();
  for (std::size_t i = behind_top + 1; i < candidates_.size(); ++i) {
    found_.leftovers.push_back(candidates_[i].sequence);
  }

  const SegmentHeader& oldest = found_.segments.front();
  if (oldest.base <= start_.from) return {};
  if (!oldest.restart && first > 0) {
    return refuse(LogFault::Damaged,
                  fmt::format("the log is damaged: the header of {} is unreadable",
                              files_.path(oldest.id.sequence - 1)));
  }
  return refuse(
      LogFault::Gap,
      fmt::format("the log begins above 0x{:x} with {}, but transactions from 0x{:x} on are "
                  "needed",
                  oldest.base.value,
                  files_.path(oldest.id.sequence),
                  start_.from.value));
}

std::size_t Recovery::first_needed() const {
  std::size_t index = found_.segments.size() - 1;
  while (found_.segments[index].base > start_.from) {
    PADDOCK_ASSERT(index > 0);
    --index;
  }
  return index;
}

LogResult<> Recovery::verify_chain() {
  const std::size_t first = first_needed();
  found_.last = found_.segments[first].base;
  found_.chain = found_.segments[first].previous;
  for (std::size_t i = first; i < found_.segments.size(); ++i) {
    if (i > first) PADDOCK_TRY(check_joint(found_.segments[i]));
    PADDOCK_TRY(verify_segment(i));
  }
  return {};
}

/// A segment is begun only when all before it is durable: its header is proof.
LogResult<> Recovery::check_joint(const SegmentHeader& next) {
  if (next.base == found_.last && next.previous == found_.chain) return {};
  return damaged(next.id.sequence - 1, found_.end, next.base);
}

LogResult<> Recovery::verify_segment(std::size_t index) {
  const SegmentHeader& segment = found_.segments[index];
  auto file = files_.open(segment.id.sequence, OpenMode::Read);
  if (!file) return io(std::move(file).error());
  PADDOCK_TRY(check_size(**file, segment.id.sequence, segment.file_bytes));
  SegmentCursor cursor(std::move(*file), segment);
  const std::uint64_t limit = segment.sealed_end != 0 ? segment.sealed_end : kNoLimit;
  found_.unproven = kSegmentHeaderBytes;
  synced_ = std::max(synced_, segment.base);
  while (true) {
    auto record = cursor.peek(limit);
    if (!record) return io(std::move(record).error());
    if (!*record) break;
    if ((*record)->header.synced > synced_) {
      synced_ = (*record)->header.synced;
      found_.unproven = cursor.offset();
    }
    cursor.advance();
  }
  found_.end = cursor.offset();
  found_.chain = cursor.chain();
  found_.last = cursor.last();
  if (segment.sealed_end != 0 && found_.end != segment.sealed_end) {
    return damaged(segment.id.sequence, found_.end, std::max(synced_, found_.last.next()));
  }
  return {};
}

/// A segment's file is never made shorter, by us or by a crash: what is missing may have been
/// durable.
LogResult<> Recovery::check_size(File& file,
                                 std::uint64_t sequence,
                                 std::uint64_t bytes_min) const {
  auto size = file.size();
  if (!size) return io(std::move(size).error());
  if (*size >= bytes_min) return {};
  return refuse(LogFault::Damaged,
                fmt::format("the log is damaged: {} is cut off at {} of at least {} bytes",
                            files_.path(sequence),
                            *size,
                            bytes_min));
}

/// Nothing behind the end may have been durable.
LogResult<> Recovery::check_end() {
  const SegmentHeader& segment = found_.segments.back();
  if (start_.durable > found_.last) return damaged(segment.id.sequence, found_.end, start_.durable);
  if (synced_ > found_.last) return damaged(segment.id.sequence, found_.end, synced_);
  if (start_.clean && start_.durable == found_.last) return {};
  if (segment.sealed_end == 0) PADDOCK_TRY(search(segment.id.sequence, found_.end));
  for (std::size_t i = top_ + 1; i < candidates_.size(); ++i) {
    PADDOCK_TRY(search(candidates_[i].sequence, kSegmentHeaderBytes));
  }
  return {};
}

LogResult<> Recovery::search(std::uint64_t sequence, std::uint64_t offset) {
  auto file = files_.open(sequence, OpenMode::Read);
  if (!file) return io(std::move(file).error());
  PADDOCK_TRY(check_size(**file, sequence, kBlockBytes));
  auto remains = search_remains(**file, SegmentId{log_id_, sequence}, offset);
  if (!remains) return io(std::move(remains).error());
  if (remains->proof > found_.last) return damaged(sequence, offset, remains->proof);
  if (remains->end > offset) found_.torn.push_back({sequence, offset, remains->end});
  return {};
}

}  // namespace

LogResult<RecoveredLog> recover_log(const SegmentFiles& files,
                                    const std::vector<std::uint64_t>& sequences,
                                    std::uint64_t log_id,
                                    LogStart start) {
  return Recovery(files, log_id, start).run(sequences);
}

}  // namespace paddock::storage
