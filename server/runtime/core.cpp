// SPDX-License-Identifier: Apache-2.0
#include "runtime/core.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace paddock::runtime {

Core::Core(net::EventLoop& loop,
           replica::Replica& replica,
           milliseconds tick,
           std::function<void(std::size_t)> on_mailed)
    : loop_(loop),
      replica_(replica),
      tick_(tick / 2),
      on_mailed_(std::move(on_mailed)),
      inbox_([this] { loop_.wake(); }),
      next_tick_(loop.now().monotonic + tick_) {}

void Core::on_durable(Zxid zxid) {
  durable_.store(zxid.value, std::memory_order_release);
  loop_.wake();
}

void Core::take(gate::CoreBatch& batch) {
  if (batch.empty()) return;
  replica_.on_batch(batch, loop_.now());
  batch.clear();
}

MonotonicTime Core::end_turn() {
  const Now now = loop_.now();
  inbox_.take(batch_);
  take(batch_);
  const std::int64_t durable = durable_.load(std::memory_order_acquire);
  if (durable > durable_seen_) {
    durable_seen_ = durable;
    replica_.on_log_durable(Zxid{durable}, now);
  }
  if (now.monotonic >= next_tick_) {
    next_tick_ = now.monotonic + tick_;
    replica_.on_tick(now);
  }
  replica_.on_time(now);
  replica_.end_turn(now, effects_);
  carry_out();
  return std::min(next_tick_, replica_.next_time());
}

void Core::carry_out() {
  PADDOCK_ASSERT(log_ != nullptr);
  for (const zab::DiskTask& task : effects_.disk) {
    const auto& append = std::get<zab::LogAppend>(task);
    for (const zab::Entry& entry : append.batch->entries()) {
      if (entry.zxid > append.after) log_batch_.add(entry.zxid, append.batch->payload(entry));
    }
  }
  if (!log_batch_.empty()) log_->put(log_batch_);
  for (const std::size_t shard : effects_.mailed) on_mailed_(shard);
  effects_.clear();
}

}  // namespace paddock::runtime
