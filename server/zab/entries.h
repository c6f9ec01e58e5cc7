// SPDX-License-Identifier: Apache-2.0
//
// Proposals on their way: a batch is filled once, by whoever orders or receives it, and from then
// on shared unchanged by the log, the links to the peers and the history. Invariant: zxids strictly
// rise. The only value in the server with several owners, also on several threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/byte_buffer.h"
#include "base/ids.h"

namespace paddock::zab {

struct Entry {
  Zxid zxid;
  std::uint32_t offset = 0;
  std::uint32_t length = 0;
};

class EntryBatch {
 public:
  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] std::size_t bytes() const { return bytes_.size(); }
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  [[nodiscard]] View payload(const Entry& entry) const {
    return {bytes_.data() + entry.offset, entry.length};
  }
  /// The payloads of all entries, one behind the other.
  [[nodiscard]] View payloads() const { return bytes_.view(); }
  [[nodiscard]] Zxid first() const { return entries_.front().zxid; }
  [[nodiscard]] Zxid last() const { return entries_.back().zxid; }

  /// Room for a payload of `length` bytes, to be filled before anything else is done.
  [[nodiscard]] char* add(Zxid zxid, std::size_t length) {
    PADDOCK_ASSERT(entries_.empty() || last() < zxid);
    entries_.push_back(
        {zxid, static_cast<std::uint32_t>(bytes_.size()), static_cast<std::uint32_t>(length)});
    return bytes_.extend(length);
  }
  void add(Zxid zxid, View payload) {
    char* const at = add(zxid, payload.size());
    if (!payload.empty()) std::memcpy(at, payload.data(), payload.size());
  }

 private:
  std::vector<Entry> entries_;
  ByteBuffer bytes_;
};

using SharedBatch = std::shared_ptr<const EntryBatch>;

}  // namespace paddock::zab
