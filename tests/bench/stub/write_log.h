// SPDX-License-Identifier: Apache-2.0
//
// The cheapest honest log: a file written once in advance and then overwritten from its start again
// and again, so that a sync has no metadata to write. Owned by the stub's only thread.
#pragma once

#include <cstdint>
#include <string>

#include "base/byte_buffer.h"
#include "base/error.h"

namespace paddock::stub {

class WriteLog {
 public:
  /// Creates `path` with 64 MiB that are on the disk when this returns.
  [[nodiscard]] static Result<WriteLog> open(const std::string& path);

  /// Where the records of the next batch are appended.
  [[nodiscard]] ByteBuffer& batch() { return batch_; }

  /// Writes the batch, padded to whole blocks, and returns when it is durable.
  [[nodiscard]] Result<> sync_batch();

 private:
  explicit WriteLog(int descriptor) : descriptor_(descriptor) {}

  /// Stays open for the life of the process.
  int descriptor_;
  std::uint64_t offset_ = 0;
  ByteBuffer batch_;
};

}  // namespace paddock::stub
