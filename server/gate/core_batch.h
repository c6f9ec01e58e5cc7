// SPDX-License-Identifier: Apache-2.0
//
// What a shard hands to the core: writes and the lives of sessions and connections, in the order in
// which the shard saw them, one batch per turn of the shard's loop.
#pragma once

#include <cstdint>
#include <vector>

#include "base/byte_buffer.h"
#include "base/ids.h"
#include "base/time.h"
#include "jute/opcode.h"

namespace paddock::gate {

enum class CoreKind : std::uint8_t {
  Write,             // a request that changes the tree, sync included; Opcode::CloseSession too
  CreateSession,     // a handshake without a session: `timeout_ms` is already within bounds
  AttachSession,     // a handshake with a session whose password was right
  ConnectionClosed,  // the connection is gone; its session lives on until it expires
  Touch,             // the session was heard of since the last tick
};

struct CoreEntry {
  CoreKind kind{};
  jute::Opcode opcode{};           // Write
  std::int32_t xid = 0;            // Write
  std::int32_t timeout_ms = 0;     // CreateSession, AttachSession
  bool accepts_read_only = false;  // CreateSession, AttachSession
  ConnectionId connection{};
  SessionId session{};
  MonotonicTime received{};          // Write: for latencies
  std::uint32_t payload_offset = 0;  // Write: the request record
  std::uint32_t payload_length = 0;
  std::uint32_t identities_offset =
      0;  // Write: the connection's identities, as jute Ids on the wire
  std::uint32_t identities_length = 0;
  std::int32_t identities_count = 0;
};

class CoreBatch {
 public:
  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] const std::vector<CoreEntry>& entries() const { return entries_; }
  [[nodiscard]] View payload(const CoreEntry& entry) const {
    return {bytes_.data() + entry.payload_offset, entry.payload_length};
  }
  [[nodiscard]] View identities(const CoreEntry& entry) const {
    return {bytes_.data() + entry.identities_offset, entry.identities_length};
  }

  /// Appends an entry; offsets and lengths are set here.
  void add(CoreEntry entry, View payload = kEmpty, View identities = kEmpty) {
    entry.payload_offset = static_cast<std::uint32_t>(bytes_.size());
    entry.payload_length = static_cast<std::uint32_t>(payload.size());
    bytes_.append(payload);
    entry.identities_offset = static_cast<std::uint32_t>(bytes_.size());
    entry.identities_length = static_cast<std::uint32_t>(identities.size());
    bytes_.append(identities);
    entries_.push_back(entry);
  }

  /// Moves all of `other` behind what is here and leaves `other` empty, with memory to reuse.
  void append(CoreBatch&& other);

  void clear() {
    entries_.clear();
    bytes_.clear();
  }

 private:
  std::vector<CoreEntry> entries_;
  ByteBuffer bytes_;
};

}  // namespace paddock::gate
