// SPDX-License-Identifier: Apache-2.0
//
// What the core tells a shard: replies, events and the fate of sessions, in zxid order. Written by
// the core inside the write gate, drained by the shard inside its read gate before it reads, so
// that no client sees data newer than an event that it has not been sent.
#pragma once

#include <cstdint>
#include <vector>

#include "base/byte_buffer.h"
#include "base/error_code.h"
#include "base/ids.h"
#include "jute/opcode.h"
#include "tree/changes.h"

namespace paddock::gate {

enum class MailKind : std::uint8_t {
  Reply,            // answers the oldest unanswered write of `connection`
  Event,            // a change that watchers of `text` may be told
  SessionAttached,  // the handshake succeeded: `session`, `timeout_ms`
  SessionRefused,   // the handshake failed: unknown or expired session
  Close,            // the session ended or moved: close after what is queued has been sent
  SessionLeft,      // it has ended, or lives on another server or a connection of another shard
  Ephemerals,       // how many nodes `session` owns now, wherever it lives
};

struct MailEntry {
  MailKind kind{};
  jute::EventType event{};        // Event
  tree::AclId acl{};              // Event
  ErrorCode err = ErrorCode::Ok;  // Reply
  std::int32_t xid = 0;           // Reply
  std::int32_t timeout_ms = 0;    // SessionAttached
  bool is_read_only = false;      // SessionAttached: nothing is ordered for this connection
  std::uint32_t ephemerals = 0;   // Ephemerals
  ConnectionId connection{};      // Reply, SessionAttached, SessionRefused, Close
  SessionId session{};            // SessionAttached, SessionLeft, Ephemerals
  Zxid zxid{};                    // Reply: for the header; Event: the transaction's
  std::uint32_t offset = 0;       // Reply: the encoded record; Event: the path
  std::uint32_t length = 0;
};

class Mail {
 public:
  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] const std::vector<MailEntry>& entries() const { return entries_; }
  [[nodiscard]] View bytes(const MailEntry& entry) const {
    return {bytes_.data() + entry.offset, entry.length};
  }

  /// Appends an entry whose bytes are `text`.
  void add(MailEntry entry, View text = kEmpty) {
    entry.offset = static_cast<std::uint32_t>(bytes_.size());
    entry.length = static_cast<std::uint32_t>(text.size());
    bytes_.append(text);
    entries_.push_back(entry);
  }

  void clear() {
    entries_.clear();
    bytes_.clear();
  }

  /// Forgets everything but who has left; the connections that were to be told something are to be
  /// closed.
  void close_addressees() {
    std::erase_if(entries_, [](const MailEntry& entry) {
      return entry.kind == MailKind::Event || entry.kind == MailKind::Ephemerals;
    });
    bytes_.clear();
    for (MailEntry& entry : entries_) {
      if (entry.kind == MailKind::SessionLeft) continue;
      entry = {.kind = MailKind::Close, .connection = entry.connection};
    }
  }

 private:
  std::vector<MailEntry> entries_;
  ByteBuffer bytes_;
};

}  // namespace paddock::gate
