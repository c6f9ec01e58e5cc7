// SPDX-License-Identifier: Apache-2.0
//
// What the shell must carry out after a step of the replica.
#pragma once

#include <cstdint>
#include <vector>

#include "base/byte_buffer.h"
#include "base/ids.h"

namespace paddock::replica {

/// Transactions to append to the log, in zxid order. Their durability comes back as
/// on_log_durable().
class Proposals {
 public:
  struct Entry {
    Zxid zxid;
    std::uint32_t offset = 0;
    std::uint32_t length = 0;
  };

  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  [[nodiscard]] View payload(const Entry& entry) const {
    return {bytes_.data() + entry.offset, entry.length};
  }
  /// Room for an encoded transaction of `length` bytes, to be filled at once.
  [[nodiscard]] char* add(Zxid zxid, std::size_t length) {
    entries_.push_back(
        {zxid, static_cast<std::uint32_t>(bytes_.size()), static_cast<std::uint32_t>(length)});
    return bytes_.extend(length);
  }
  void clear() {
    entries_.clear();
    bytes_.clear();
  }

 private:
  std::vector<Entry> entries_;
  ByteBuffer bytes_;
};

struct Effects {
  Proposals proposals;
  /// Shards that have new mail; each at most once.
  std::vector<std::size_t> mailed;
};

}  // namespace paddock::replica
