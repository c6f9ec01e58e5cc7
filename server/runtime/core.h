// SPDX-License-Identifier: Apache-2.0
//
// The core loop's shell: brings batches, durable zxids and ticks to the replica and carries its
// effects to the log thread and the shards. Lives on one event loop's thread; with no I/O threads
// the only shard lives on the same loop, and a request crosses no thread but the log's.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "base/inbox.h"
#include "gate/core_batch.h"
#include "net/event_loop.h"
#include "replica/replica.h"
#include "runtime/log_thread.h"

namespace paddock::runtime {

class Core {
 public:
  /// `on_mailed(shard)`: the shard has mail. Called on the core's thread.
  Core(net::EventLoop& loop,
       replica::Replica& replica,
       milliseconds tick,
       std::function<void(std::size_t)> on_mailed);

  void set_log(LogThread& log) { log_ = &log; }

  // --- Any thread.
  void put(gate::CoreBatch& batch) { inbox_.put(batch); }
  void on_durable(Zxid zxid);

  // --- The loop's thread.
  /// Hands a batch over directly: a shard on the same loop.
  void take(gate::CoreBatch& batch);
  /// Does all that there is to do; returns when it wants to be called at the latest.
  MonotonicTime end_turn();

  [[nodiscard]] replica::Replica& replica() { return replica_; }
  [[nodiscard]] net::EventLoop& loop() { return loop_; }

 private:
  void carry_out();

  net::EventLoop& loop_;
  replica::Replica& replica_;
  Duration tick_;
  std::function<void(std::size_t)> on_mailed_;
  LogThread* log_ = nullptr;
  Inbox<gate::CoreBatch> inbox_;
  std::atomic<std::int64_t> durable_{0};
  std::int64_t durable_seen_ = 0;
  MonotonicTime next_tick_;
  gate::CoreBatch batch_;
  storage::LogBatch log_batch_;
  replica::Effects effects_;
};

}  // namespace paddock::runtime
