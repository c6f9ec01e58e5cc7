// SPDX-License-Identifier: Apache-2.0
#include "runtime/io_thread.h"

#include <algorithm>
#include <utility>

namespace paddock::runtime {

IoThread::IoThread(std::unique_ptr<net::EventLoop> loop,
                   shard::Shard& shard,
                   Core& core,
                   milliseconds tick,
                   ShardIo::Listeners listeners)
    : loop_(std::move(loop)),
      core_(core),
      tick_(tick / 2),
      io_(*loop_, shard, std::move(listeners)),
      next_tick_(loop_->now().monotonic + tick_) {}

void IoThread::stop() {
  loop_->stop();
  if (thread_.joinable()) thread_.join();
}

void IoThread::start() {
  thread_ = std::thread([this] {
    loop_->run([this] { return end_turn(); });
    end_turn();
  });
}

void IoThread::on_mailed() {
  has_mail_.store(true);
  loop_->wake();
}

MonotonicTime IoThread::end_turn() {
  if (has_mail_.exchange(false)) io_.on_mail();
  io_.go_round();
  if (loop_->now().monotonic >= next_tick_) {
    next_tick_ = loop_->now().monotonic + tick_;
    io_.on_tick();
  }
  // The core first: while it works, this thread sends.
  if (!io_.core_batch().empty()) core_.put(io_.core_batch());
  io_.end_turn();
  if (!io_.core_batch().empty()) core_.put(io_.core_batch());
  return std::min(next_tick_, io_.next_time());
}

}  // namespace paddock::runtime
