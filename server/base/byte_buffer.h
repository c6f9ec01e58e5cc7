// SPDX-License-Identifier: Apache-2.0
//
// A growing queue of bytes: appended at the end, consumed at the front, never zero-filled. Once it
// has reached its working size it allocates nothing. One owner, one thread.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>

#include "base/assert.h"
#include "base/bytes.h"

namespace paddock {

class ByteBuffer {
 public:
  [[nodiscard]] std::size_t size() const { return end_ - begin_; }
  [[nodiscard]] bool empty() const { return end_ == begin_; }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }
  [[nodiscard]] const char* data() const { return bytes_.get() + begin_; }
  [[nodiscard]] char* data() { return bytes_.get() + begin_; }
  [[nodiscard]] View view() const { return empty() ? kEmpty : View{data(), size()}; }

  /// Makes room for `count` bytes at the end and returns where they go. They count as appended.
  [[nodiscard]] char* extend(std::size_t count) {
    char* at = reserve_tail(count);
    end_ += count;
    return at;
  }

  /// Room for at least `count` bytes after the end, not yet appended: fill, then commit().
  [[nodiscard]] char* reserve_tail(std::size_t count) {
    if (capacity_ - end_ < count) [[unlikely]]
      grow(count);
    return bytes_.get() + end_;
  }
  [[nodiscard]] std::size_t tail_room() const { return capacity_ - end_; }
  void commit(std::size_t count) {
    PADDOCK_ASSERT(count <= capacity_ - end_);
    end_ += count;
  }

  void append(View bytes) {
    if (!bytes.empty()) std::memcpy(extend(bytes.size()), bytes.data(), bytes.size());
  }

  void consume(std::size_t count) {
    PADDOCK_ASSERT(count <= size());
    begin_ += count;
    if (begin_ == end_) begin_ = end_ = 0;
  }

  /// Drops everything after the first `count` bytes.
  void truncate(std::size_t count) {
    PADDOCK_ASSERT(count <= size());
    end_ = begin_ + count;
  }

  void clear() { begin_ = end_ = 0; }

  /// Gives the memory back if it holds nothing and has grown past `limit` bytes.
  void shrink_if_idle(std::size_t limit) {
    if (empty() && capacity_ > limit) {
      bytes_.reset();
      capacity_ = 0;
    }
  }

  void swap(ByteBuffer& other) noexcept {
    std::swap(bytes_, other.bytes_);
    std::swap(capacity_, other.capacity_);
    std::swap(begin_, other.begin_);
    std::swap(end_, other.end_);
  }

 private:
  void grow(std::size_t count);

  std::unique_ptr<char[]> bytes_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace paddock
