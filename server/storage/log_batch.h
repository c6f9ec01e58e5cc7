// SPDX-License-Identifier: Apache-2.0
//
// Transactions on their way to the log: the producer adds them, an Inbox carries them, and the log
// thread completes their frames in place and writes them. A payload is copied at most once, into
// the frame from which it is written, and once warm nothing is allocated: buffers are exchanged,
// not made. One owner at a time. Invariant: zxids strictly rise.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/byte_buffer.h"
#include "base/bytes.h"
#include "base/ids.h"

namespace paddock::storage {

class LogBatch {
 public:
  /// Appends one transaction; `zxid` is above all that are in the batch.
  void add(Zxid zxid, View payload);

  /// Appends one transaction of `size` bytes, which the caller writes into the returned room before
  /// anything else is done with the batch.
  [[nodiscard]] std::span<char> add(Zxid zxid, std::size_t size);

  /// Takes all transactions of `later`, which is left empty and keeps warm buffers.
  void append(LogBatch&& later);

  [[nodiscard]] bool empty() const { return records_ == 0; }
  [[nodiscard]] std::size_t records() const { return records_; }
  /// Bytes that the batch takes in the log, frames included.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  /// The batch is not empty.
  [[nodiscard]] Zxid first_zxid() const;
  [[nodiscard]] Zxid last_zxid() const;

  /// Forgets all transactions and keeps the buffers.
  void clear();

  /// For the log: the frames, in order; a frame never spans two buffers.
  [[nodiscard]] std::span<ByteBuffer> buffers() { return {buffers_.data(), used_}; }

  friend void swap(LogBatch& a, LogBatch& b) noexcept;

 private:
  [[nodiscard]] ByteBuffer& buffer_for(std::size_t frame_bytes);

  std::vector<ByteBuffer> buffers_;  // the first used_ hold frames, the others wait for use
  std::size_t used_ = 0;
  std::size_t records_ = 0;
  std::size_t bytes_ = 0;
  Zxid first_;
  Zxid last_;
};

}  // namespace paddock::storage
