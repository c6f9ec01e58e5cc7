// SPDX-License-Identifier: Apache-2.0
//
// The log's inside. The log thread owns what it writes with; `mutex_` guards what other threads see
// (which segments there are, how far they are durable, the spare), for moments only; `files_mutex_`
// makes slow work on the directory exclusive and is taken before `mutex_`. Invariant: a segment is
// listed as soon as it is written to, and readers stop at the durable position.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "storage/log.h"
#include "storage/log_format.h"
#include "storage/log_recovery.h"
#include "storage/segment_files.h"

namespace paddock::storage {

/// How far one segment may be read.
struct ReadLimit {
  std::uint64_t offset = 0;
  /// Nothing will be added to the segment: what follows is in the next.
  bool complete = false;
};

class Log::Impl {
 public:
  Impl(Disk& disk, LogOptions options);

  [[nodiscard]] Result<> create(Zxid base);
  [[nodiscard]] LogResult<> open(LogStart start);

  [[nodiscard]] Result<Zxid> commit(LogBatch& batch);
  [[nodiscard]] Result<> flush();
  [[nodiscard]] Result<> truncate(Zxid zxid);
  [[nodiscard]] Result<> restart(Zxid base);
  [[nodiscard]] Result<> release_up_to(Zxid zxid);
  [[nodiscard]] Result<> prepare_spare();
  [[nodiscard]] bool wants_spare() const;
  [[nodiscard]] Zxid base() const;
  [[nodiscard]] Zxid last() const;

  // For readers. A pinned segment is not released.
  using Pins = std::multiset<std::uint64_t>;
  struct Pinned {
    SegmentHeader segment;
    Pins::iterator pin;
    std::uint64_t generation;
  };
  /// *Errors*: Gap.
  [[nodiscard]] LogResult<Pinned> pin_segment_of(Zxid from);
  /// Moves a pin to the segment behind `pinned`, which must be complete. None: see read_limit().
  [[nodiscard]] std::optional<Pinned> pin_next(const Pinned& pinned);
  void unpin(const Pinned& pinned);
  /// None: the log was truncated or restarted since the segment was pinned.
  [[nodiscard]] std::optional<ReadLimit> read_limit(const Pinned& pinned) const;
  [[nodiscard]] DiskResult<std::unique_ptr<File>> open_segment(std::uint64_t sequence) const;
  [[nodiscard]] std::string segment_path(std::uint64_t sequence) const;

 private:
  // Opening.
  [[nodiscard]] Result<> adopt(const RecoveredLog& found);
  [[nodiscard]] Result<> erase_torn(const std::vector<TornRemains>& torn);
  [[nodiscard]] Result<> rewrite_tail(std::uint64_t unproven);

  // Writing.
  [[nodiscard]] Result<> commit_parts(LogBatch& batch);
  [[nodiscard]] Result<> write_part(std::span<ByteBuffer> buffers, std::size_t bytes);
  void complete_frames(ByteBuffer& buffer, std::uint64_t offset);
  void keep_tail(std::span<const ByteBuffer> buffers, std::uint64_t end);
  [[nodiscard]] bool must_roll(std::size_t bytes_left) const;
  [[nodiscard]] Result<> roll();
  [[nodiscard]] Result<std::unique_ptr<File>> take_spare();
  [[nodiscard]] Result<> start_segment(std::unique_ptr<File> file, const SegmentHeader& header);
  [[nodiscard]] Result<> write_header();
  void publish();

  [[nodiscard]] Result<> cut_segment(SegmentHeader segment, Zxid zxid);
  [[nodiscard]] std::optional<std::uint64_t> releasable(Zxid zxid);
  [[nodiscard]] std::uint64_t current_sequence() const { return header_.id.sequence; }

  LogOptions options_;

  mutable std::mutex files_mutex_;
  SegmentFiles files_;

  mutable std::mutex mutex_;
  std::vector<SegmentHeader> segments_;
  std::unique_ptr<File> spare_;  // the file of the sequence behind the last listed segment
  bool rolling_ = false;         // that sequence is taken and not listed yet: nobody makes it again
  Pins pins_;
  std::uint64_t durable_sequence_ = 0;
  std::uint64_t durable_end_ = 0;
  Zxid durable_;
  // Of the history: rises when records begin to be taken away, and when they are gone.
  std::uint64_t generation_ = 0;

  // The log thread's own.
  std::unique_ptr<File> file_;
  SegmentHeader header_;
  std::uint64_t seed_ = 0;
  std::uint64_t end_ = 0;
  std::uint64_t chain_ = 0;
  Zxid last_;
  Zxid synced_;
  bool broken_ = false;
  std::array<char, kBlockBytes> tail_{};  // the bytes of the last block up to end_
  std::size_t tail_size_ = 0;
  std::vector<View> parts_;
};

}  // namespace paddock::storage
