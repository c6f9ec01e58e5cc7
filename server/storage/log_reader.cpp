// SPDX-License-Identifier: Apache-2.0
#include "storage/log_reader.h"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "storage/log_impl.h"
#include "storage/segment_cursor.h"

namespace paddock::storage {
namespace {

class SegmentedReader final : public LogReader {
 public:
  SegmentedReader(Log::Impl& log, Log::Impl::Pinned pinned)
      : log_(log), pinned_(std::move(pinned)) {}
  ~SegmentedReader() override { log_.unpin(pinned_); }

  /// Goes to the first record above `from`.
  Result<> seek(Zxid from) {
    PADDOCK_TRY(open_segment());
    while (true) {
      auto record = peek();
      if (!record) return std::unexpected(std::move(record).error());
      if (!*record || (*record)->header.zxid > from) return {};
      cursor_->advance();
    }
  }

  Result<std::optional<LogRecord>> next() override {
    // The record before is given up only now: its payload lies in the cursor's memory.
    if (returned_) cursor_->advance();
    returned_.reset();
    auto record = peek();
    if (!record) return std::unexpected(std::move(record).error());
    if (!*record) return std::nullopt;
    returned_ = (*record)->header.zxid;
    return LogRecord{*returned_, (*record)->payload};
  }

  [[nodiscard]] Zxid position() const override { return returned_.value_or(cursor_->last()); }

 private:
  Result<> open_segment() {
    auto file = log_.open_segment(pinned_.segment.id.sequence);
    if (!file) return std::unexpected(std::move(file).error());
    cursor_.emplace(std::move(*file), pinned_.segment);
    return {};
  }

  /// The next record, from this segment or, where this one is complete and read, a later one.
  Result<std::optional<CursorRecord>> peek() {
    while (true) {
      const auto limit = log_.read_limit(pinned_);
      if (!limit) return truncated();
      auto record = cursor_->peek(limit->offset);
      if (!record) return std::unexpected(std::move(record).error());
      if (*record) return *record;
      if (!limit->complete && cursor_->offset() == limit->offset) return std::nullopt;
      if (!limit->complete) return damaged();
      PADDOCK_TRY(enter_next_segment());
    }
  }

  Result<> enter_next_segment() {
    const std::uint64_t chain = cursor_->chain();
    const Zxid last = cursor_->last();
    const auto next = log_.pin_next(pinned_);
    if (!next) return truncated();
    const auto error = damaged();
    pinned_ = *next;
    if (next->segment.base != last || next->segment.previous != chain) return error;
    return open_segment();
  }

  [[nodiscard]] static std::unexpected<Error> truncated() {
    return fail("the log was truncated while it was read");
  }

  [[nodiscard]] std::unexpected<Error> damaged() const {
    return fail(
        fmt::format("the log is damaged: {} has no readable record at offset {}, behind 0x{:x}",
                    log_.segment_path(pinned_.segment.id.sequence),
                    cursor_->offset(),
                    cursor_->last().value));
  }

  Log::Impl& log_;
  Log::Impl::Pinned pinned_;
  std::optional<SegmentCursor> cursor_;
  std::optional<Zxid> returned_;
};

}  // namespace

LogResult<std::unique_ptr<LogReader>> Log::read(Zxid from) {
  auto pinned = impl_->pin_segment_of(from);
  if (!pinned) return std::unexpected(std::move(pinned).error());
  auto reader = std::make_unique<SegmentedReader>(*impl_, *pinned);
  if (auto found = reader->seek(from); !found) {
    return std::unexpected(LogError{std::move(found).error(), LogFault::Io});
  }
  return reader;
}

}  // namespace paddock::storage
