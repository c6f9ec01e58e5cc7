// SPDX-License-Identifier: Apache-2.0
#include "storage/segment_cursor.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace paddock::storage {
namespace {

constexpr std::size_t kReadBytes = std::size_t{256} << 10U;

}  // namespace

SegmentCursor::SegmentCursor(std::unique_ptr<File> file, const SegmentHeader& header)
    : file_(std::move(file)),
      seed_(segment_seed(header.id)),
      chain_(header.previous),
      last_(header.base) {}

/// At least `wanted` bytes from offset_ on, or fewer if `limit` or the file ends before.
DiskResult<View> SegmentCursor::window(std::size_t wanted, std::uint64_t limit) {
  if (buffer_.size() < wanted && offset_ + buffer_.size() < limit) {
    const std::uint64_t at = offset_ + buffer_.size();
    const std::size_t missing = wanted - buffer_.size();
    const auto count = static_cast<std::size_t>(
        std::min<std::uint64_t>(limit - at, std::max(missing, kReadBytes)));
    auto got = file_->read(at, {buffer_.reserve_tail(count), count});
    if (!got) return std::unexpected(std::move(got).error());
    buffer_.commit(*got);
  }
  return buffer_.view();
}

DiskResult<std::optional<CursorRecord>> SegmentCursor::peek(std::uint64_t limit) {
  peeked_.reset();
  auto bytes = window(kRecordHeaderBytes, limit);
  if (!bytes) return std::unexpected(std::move(bytes).error());
  const std::uint64_t seed = seed_at(seed_, offset_);
  const auto header = decode_record_header(*bytes, seed);
  if (!header || header->previous != chain_ || header->zxid <= last_) return std::nullopt;

  bytes = window(header->frame(), limit);
  if (!bytes) return std::unexpected(std::move(bytes).error());
  if (bytes->size() < header->frame()) return std::nullopt;
  if (!verify_record(bytes->substr(0, header->frame()), seed)) return std::nullopt;
  peeked_ = header;
  return CursorRecord{*header, bytes->substr(kRecordHeaderBytes, header->length)};
}

void SegmentCursor::advance() {
  PADDOCK_ASSERT(peeked_.has_value());
  chain_ = record_checksum(buffer_.data());
  last_ = peeked_->zxid;
  offset_ += peeked_->frame();
  buffer_.consume(peeked_->frame());
  peeked_.reset();
}

namespace {

/// Looks for records at every place where one could begin.
class RemainsSearch {
 public:
  RemainsSearch(File& file, SegmentId id) : file_(file), seed_(segment_seed(id)) {}

  DiskResult<Remains> run(std::uint64_t offset) {
    auto size = file_.size();
    if (!size) return std::unexpected(std::move(size).error());
    size_ = *size;
    while (offset + kRecordHeaderBytes <= size_) {
      auto got = file_.read(offset, {buffer_.reserve_tail(kReadBytes), kReadBytes});
      if (!got) return std::unexpected(std::move(got).error());
      if (*got < kRecordHeaderBytes) break;
      auto next = search_window(offset, View{buffer_.data(), *got});
      if (!next) return std::unexpected(std::move(next).error());
      PADDOCK_ASSERT(*next > offset);
      offset = *next;
    }
    return remains_;
  }

 private:
  /// Returns the offset at which to go on: behind the window, or behind a record that reaches out
  /// of it.
  DiskResult<std::uint64_t> search_window(std::uint64_t offset, View bytes) {
    std::size_t at = 0;
    while (at + kRecordHeaderBytes <= bytes.size()) {
      auto found = examine(offset + at, bytes.substr(at));
      if (!found) return std::unexpected(std::move(found).error());
      at += *found;
    }
    return offset + at;
  }

  /// Returns how far to step: over a right record, or to the next place.
  DiskResult<std::size_t> examine(std::uint64_t offset, View bytes) {
    const std::uint64_t seed = seed_at(seed_, offset);
    const auto header = decode_record_header(bytes, seed);
    if (!header || offset + header->frame() > size_) return kRecordAlignment;
    std::string whole;
    View frame = bytes.substr(0, header->frame());
    if (frame.size() < header->frame()) {
      whole.resize(header->frame());
      auto got = file_.read(offset, whole);
      if (!got) return std::unexpected(std::move(got).error());
      frame = View{whole}.substr(0, *got);
    }
    if (frame.size() < header->frame() || !verify_record(frame, seed)) return kRecordAlignment;
    remains_.proof = std::max(remains_.proof, header->synced);
    remains_.end = offset + header->frame();
    return header->frame();
  }

  File& file_;
  std::uint64_t seed_;
  std::uint64_t size_ = 0;
  Remains remains_;
  ByteBuffer buffer_;
};

}  // namespace

DiskResult<Remains> search_remains(File& file, SegmentId id, std::uint64_t offset) {
  PADDOCK_ASSERT(offset % kRecordAlignment == 0);
  return RemainsSearch(file, id).run(offset);
}

}  // namespace paddock::storage
