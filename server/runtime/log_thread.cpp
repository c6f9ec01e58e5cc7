// SPDX-License-Identifier: Apache-2.0
#include "runtime/log_thread.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <utility>

#include <spdlog/spdlog.h>

#include "net/event_loop.h"
#include "runtime/logging.h"

namespace paddock::runtime {

LogThread::LogThread(storage::Log& log,
                     LogThreadOptions options,
                     std::function<void(Zxid)> on_durable)
    : log_(log),
      options_(options),
      on_durable_(std::move(on_durable)),
      inbox_([this] {
        {
          const std::lock_guard lock(mutex_);
          has_work_ = true;
        }
        wakeup_.notify_one();
      }),
      thread_([this] { run(); }) {}

void LogThread::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wakeup_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void LogThread::run() {
  storage::LogBatch batch;
  for (;;) {
    bool stopping = false;
    {
      std::unique_lock lock(mutex_);
      wakeup_.wait(lock, [this] { return has_work_ || stopping_; });
      has_work_ = false;
      stopping = stopping_;
    }
    inbox_.take(batch);
    if (!stopping && options_.flush_delay.count() > 0) wait_for_more(batch);
    if (!batch.empty()) commit(batch);
    if (stopping) return;
  }
}

void LogThread::wait_for_more(storage::LogBatch& batch) {
  using Clock = std::chrono::steady_clock;
  const auto until = Clock::now() + options_.flush_delay;
  storage::LogBatch more;
  while (batch.records() < options_.batch_max) {
    {
      std::unique_lock lock(mutex_);
      const auto idle = std::min(until, Clock::now() + options_.idle_max);
      if (!wakeup_.wait_until(lock, idle, [this] { return has_work_ || stopping_; })) return;
      if (stopping_) return;
      has_work_ = false;
    }
    inbox_.take(more);
    batch.append(std::move(more));
  }
}

void LogThread::commit(storage::LogBatch& batch) {
  const auto bytes = static_cast<std::int64_t>(batch.bytes());
  const auto records = static_cast<std::int64_t>(batch.records());
  const MonotonicTime start = net::read_clocks().monotonic;
  const Result<Zxid> durable = log_.commit(batch);
  const Duration took = net::read_clocks().monotonic - start;
  if (!durable) {
    last_words("the log cannot be written, so nothing can be acknowledged; stopping: " +
               durable.error().message);
    std::_Exit(EXIT_FAILURE);
  }
  stats_.syncs.fetch_add(1, std::memory_order_relaxed);
  stats_.bytes.fetch_add(bytes, std::memory_order_relaxed);
  stats_.transactions.fetch_add(records, std::memory_order_relaxed);
  stats_.sync_ns_sum.fetch_add(took.count(), std::memory_order_relaxed);
  const std::int64_t least = stats_.sync_ns_min.load(std::memory_order_relaxed);
  stats_.sync_ns_min.store(least == 0 ? took.count() : std::min(least, took.count()),
                           std::memory_order_relaxed);
  stats_.sync_ns_max.store(
      std::max(stats_.sync_ns_max.load(std::memory_order_relaxed), took.count()),
      std::memory_order_relaxed);
  if (took >= options_.slow_threshold) {
    stats_.slow_syncs.fetch_add(1, std::memory_order_relaxed);
    spdlog::warn("writing {} bytes to the log took {} ms; the disk is slow or shared",
                 bytes,
                 std::chrono::duration_cast<milliseconds>(took).count());
  }
  on_durable_(*durable);
}

}  // namespace paddock::runtime
