// SPDX-License-Identifier: Apache-2.0
#include "storage/log_batch.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "storage/log_format.h"

namespace paddock::storage {
namespace {

// A buffer takes frames up to this size, so that a long batch needs no large piece of memory.
constexpr std::size_t kBufferBytes = std::size_t{256} << 10U;
// A buffer that one huge transaction has made larger than this is not kept.
constexpr std::size_t kBufferBytesKept = std::size_t{4} << 20U;

}  // namespace

ByteBuffer& LogBatch::buffer_for(std::size_t frame) {
  const bool fits = used_ > 0 && buffers_[used_ - 1].size() + frame <= kBufferBytes;
  if (!fits) {
    if (used_ == buffers_.size()) buffers_.emplace_back();
    ++used_;
  }
  return buffers_[used_ - 1];
}

std::span<char> LogBatch::add(Zxid zxid, std::size_t size) {
  PADDOCK_ASSERT(records_ == 0 || zxid > last_);
  PADDOCK_ASSERT(size <= kPayloadBytesMax);
  const std::size_t frame_size = frame_bytes(size);
  char* frame = buffer_for(frame_size).extend(frame_size);
  begin_record(frame, zxid, static_cast<std::uint32_t>(size));
  std::fill(frame + kRecordHeaderBytes + size, frame + frame_size, '\0');
  if (records_ == 0) first_ = zxid;
  last_ = zxid;
  ++records_;
  bytes_ += frame_size;
  return {frame + kRecordHeaderBytes, size};
}

void LogBatch::add(Zxid zxid, View payload) {
  const std::span<char> room = add(zxid, payload.size());
  std::ranges::copy(payload, room.begin());
}

void LogBatch::append(LogBatch&& later) {
  PADDOCK_ASSERT(this != &later);
  if (later.empty()) return;
  if (empty()) {
    swap(*this, later);
    return;
  }
  PADDOCK_ASSERT(later.first_ > last_);
  for (ByteBuffer& buffer : later.buffers()) {
    if (used_ == buffers_.size()) buffers_.emplace_back();
    buffers_[used_++].swap(buffer);
  }
  records_ += later.records_;
  bytes_ += later.bytes_;
  last_ = later.last_;
  later.clear();
}

Zxid LogBatch::first_zxid() const {
  PADDOCK_ASSERT(!empty());
  return first_;
}

Zxid LogBatch::last_zxid() const {
  PADDOCK_ASSERT(!empty());
  return last_;
}

void LogBatch::clear() {
  for (ByteBuffer& buffer : buffers()) {
    buffer.clear();
    buffer.shrink_if_idle(kBufferBytesKept);
  }
  used_ = 0;
  records_ = 0;
  bytes_ = 0;
}

void swap(LogBatch& a, LogBatch& b) noexcept {
  std::swap(a.buffers_, b.buffers_);
  std::swap(a.used_, b.used_);
  std::swap(a.records_, b.records_);
  std::swap(a.bytes_, b.bytes_);
  std::swap(a.first_, b.first_);
  std::swap(a.last_, b.last_);
}

}  // namespace paddock::storage
