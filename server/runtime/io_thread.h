// SPDX-License-Identifier: Apache-2.0
//
// A thread with an event loop and one shard on it. With no I/O threads the core's loop has the only
// shard and this is not used.
#pragma once

#include <atomic>
#include <memory>
#include <thread>

#include "net/event_loop.h"
#include "runtime/core.h"
#include "runtime/shard_io.h"

namespace paddock::runtime {

class IoThread {
 public:
  IoThread(std::unique_ptr<net::EventLoop> loop,
           shard::Shard& shard,
           Core& core,
           milliseconds tick,
           ShardIo::Listeners listeners);
  ~IoThread() { stop(); }
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  void start();
  /// Ends the loop behind a last turn, which sends what is there, and joins.
  void stop();

  // --- Any thread.
  void on_mailed();
  [[nodiscard]] net::EventLoop& loop() { return *loop_; }
  /// The loop's thread only.
  [[nodiscard]] ShardIo& io() { return io_; }

 private:
  MonotonicTime end_turn();

  std::unique_ptr<net::EventLoop> loop_;
  Core& core_;
  Duration tick_;
  ShardIo io_;
  std::atomic<bool> has_mail_{false};
  MonotonicTime next_tick_;
  std::thread thread_;
};

}  // namespace paddock::runtime
