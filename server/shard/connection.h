// SPDX-License-Identifier: Apache-2.0
//
// What a shard knows of one client connection. Plain data, owned by the connection table, changed
// by the shard that owns the table.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "auth/identities.h"
#include "auth/sasl.h"
#include "base/byte_buffer.h"
#include "base/ids.h"
#include "base/time.h"
#include "jute/opcode.h"
#include "shard/client_limits.h"
#include "shard/held_events.h"
#include "shard/turn_share.h"

namespace paddock::shard {

enum class Phase : std::uint8_t {
  Handshake,    // the first frame, or a four-letter word, is awaited
  Attaching,    // the core has been asked for the session
  Established,  // requests are answered
  Command,      // a four-letter word is being answered by the shell
  Closing,      // closed as soon as the output has been sent
};

/// A request that the core has and has not answered.
struct UnansweredWrite {
  jute::Opcode opcode{};
  std::int32_t xid = 0;
  std::uint32_t path_length = 0;  // of its path in UnansweredWrites, kept for the log
  std::uint32_t bytes = 0;        // of its record
  std::uint32_t ephemerals = 0;   // that it may make, if they are counted
  MonotonicTime received{};
  MonotonicTime forwarded{};
  bool is_barrier = false;  // the shard's own sync, of which the client sees nothing
};

/// The writes of a connection that the core has not answered, oldest first.
class UnansweredWrites {
 public:
  [[nodiscard]] bool empty() const { return head_ == writes_.size(); }
  [[nodiscard]] std::size_t size() const { return writes_.size() - head_; }
  /// Of all their records.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] std::uint32_t ephemerals() const { return ephemerals_; }
  [[nodiscard]] const UnansweredWrite& front() const { return writes_[head_]; }
  [[nodiscard]] View front_path() const { return paths_.view().substr(0, front().path_length); }

  /// `path` is kept until the write is popped; pass an empty one where nobody will ask for it.
  void push(UnansweredWrite write, View path) {
    write.path_length = static_cast<std::uint32_t>(path.size());
    paths_.append(path);
    // Moving the rest to the front when half is free moves each entry at most once per entry
    // popped.
    if (head_ > writes_.size() / 2) {
      writes_.erase(writes_.begin(), writes_.begin() + static_cast<std::ptrdiff_t>(head_));
      head_ = 0;
    }
    writes_.push_back(write);
    bytes_ += write.bytes;
    ephemerals_ += write.ephemerals;
  }
  void pop() {
    paths_.consume(front().path_length);
    bytes_ -= front().bytes;
    ephemerals_ -= front().ephemerals;
    if (++head_ == writes_.size()) clear();
  }
  void clear() {
    writes_.clear();
    paths_.clear();
    head_ = 0;
    bytes_ = 0;
    ephemerals_ = 0;
  }

 private:
  std::vector<UnansweredWrite> writes_;
  ByteBuffer paths_;
  std::size_t head_ = 0;
  std::size_t bytes_ = 0;
  std::uint32_t ephemerals_ = 0;
};

/// What the `cons` command shows. Source: ZooKeeper ServerCnxn.
struct ConnectionStats {
  std::int64_t received = 0;
  std::int64_t sent = 0;
  std::int64_t latency_count = 0;
  std::int64_t latency_sum_ms = 0;
  std::int64_t latency_min_ms = 0;
  std::int64_t latency_max_ms = 0;
  std::int64_t latency_last_ms = 0;
  std::int64_t last_response_ms = 0;
  std::int32_t last_xid = 0;
  Zxid last_zxid;
  jute::Opcode last_opcode{};
  bool has_last_opcode = false;
};

struct Connection {
  ConnectionId id{};
  Phase phase = Phase::Handshake;
  bool core_knows = false;         // the core has been asked for a session on this connection
  bool answers_read_only = false;  // the handshake had the readOnly byte
  bool creates_session = false;    // asked for a new session, not an old one
  bool is_secure = false;          // with TLS
  bool is_server = false;          // the server itself is the client
  bool is_read_only = false;       // the server was cut off from its ensemble when it attached
  bool touched = false;            // heard of since the last tick
  bool active = false;             // had input or output since the last tick
  bool held = false;               // a complete frame waits in `input`
  bool leaving = false;            // is not read from; closed once all that came is answered
  bool linearizable = false;       // reads wait for a barrier
  bool sasl_is_over = false;       // it has shown who it is, or failed to
  bool output_full = false;
  bool writes_full = false;     // it has as many unanswered writes as one connection may
  bool paused = false;          // what wants_input() denies
  bool listed = false;          // in the shard's list of connections to publish
  bool runnable = false;        // in the shard's list of connections to go on with
  bool waits_for_turn = false;  // in the shard's list of those whose share of a turn is used up
  bool wrote = false;           // output was appended in this call
  bool close_published = false;
  bool drop_wanted = false;  // its output is not waited for
  bool drop_published = false;
  std::uint16_t port = 0;
  milliseconds timeout{0};
  SessionId session{};
  std::string ip;
  MonotonicTime phase_since;  // Handshake, Attaching, Closing: for the time limit
  MonotonicTime input_at;     // the last bytes came
  MonotonicTime held_since;   // the first `held_bytes` of the input have waited since then
  std::size_t held_bytes = 0;
  // Of the input, from its beginning: what a barrier that was asked for will cover, and what one
  // that has come back covers.
  std::size_t barrier_bytes = 0;
  std::size_t covered_bytes = 0;
  std::int64_t accepted_ms = 0;  // wall clock
  std::uint64_t event_mark = 0;  // the change that it was told of last
  ByteBuffer input;
  ByteBuffer output;
  auth::IdentitySet identities;
  std::unique_ptr<auth::SaslExchange> sasl;  // while tokens go to and fro
  UnansweredWrites writes;
  HeldEvents held_events;  // none if there is no write
  ConnectionStats stats;
  TurnShare share;
  bool is_slowed = false;               // it waits until a limit's rate allows more
  std::int32_t identities_matched = 0;  // of its identities, when `limits` were found
  ClientLimits::Mask limits = 0;        // those of its identities
  ClientLimits::Mask counting = 0;      // of these, that count the connection
  ClientLimits::Mask surplus = 0;       // for which it, or its session, is one too many
};

}  // namespace paddock::shard
