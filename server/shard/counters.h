// SPDX-License-Identifier: Apache-2.0
//
// What a shard counts. Written by the shard's thread alone; others get a copy through the shard's
// loop.
#pragma once

#include <array>
#include <cstdint>
#include <limits>

#include "base/buffer_sizes.h"
#include "base/histogram.h"
#include "base/observed.h"

namespace paddock::shard {

struct Counters {
  std::int64_t packets_received = 0;
  std::int64_t packets_sent = 0;
  std::int64_t bytes_received = 0;
  std::int64_t bytes_sent = 0;
  std::int64_t connections_accepted = 0;
  std::int64_t connections_dropped = 0;
  std::int64_t handshakes_failed = 0;     // unsuccessful_handshake
  std::int64_t handshakes_expired = 0;    // sessionless_connections_expired
  std::int64_t handshakes_throttled = 0;  // part of connection_rejected
  std::int64_t throttled = 0;             // throttled_ops
  std::int64_t stale_dropped = 0;         // stale_requests_dropped
  std::int64_t memory_refused = 0;        // sessions and watches
  std::int64_t large_rejected = 0;        // large_requests_rejected
  std::int64_t auth_failed = 0;
  std::int64_t events_sent = 0;
  std::int64_t watch_bytes = 0;
  BufferSizes responses;
  std::int64_t outstanding = 0;  // writes sent to the core and not answered
  std::int64_t reads = 0;
  std::int64_t writes = 0;
  std::int64_t barriers = 0;    // asked for linearizable reads
  double drop_probability = 0;  // connection_drop_probability
  std::int64_t slow_operations = 0;
  std::int64_t turns_used_up = 0;  // by connections that had more to be answered
  Buckets read_times;
  Buckets write_times;                    // from its bytes to its answer
  Buckets write_queued_times;             // of that, until the core was given it
  std::int64_t sessions_revalidated = 0;  // connection_revalidate_count
  std::int64_t replies_stale = 0;         // whose connection was gone
  std::int64_t reads_delayed = 0;         // request_throttle_wait_count
  /// Watches that one event fired here, if any: of creations, deletions, changes, children.
  std::array<Observed, 4> fired{};
  // Latencies over all answered requests but pings, as ServerStats keeps them.
  std::int64_t latency_count = 0;
  std::int64_t latency_sum_ms = 0;
  std::int64_t latency_min_ms = std::numeric_limits<std::int64_t>::max();
  std::int64_t latency_max_ms = 0;
  /// Requests by opcode number: index 0 for createSession, opcode for 1–22, 23 + (opcode - 100) for
  /// 100–107, 31 for closeSession.
  std::array<std::int64_t, 32> by_opcode{};
};

}  // namespace paddock::shard
