// SPDX-License-Identifier: Apache-2.0
#include "runtime/log_thread.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <utility>

#include <spdlog/spdlog.h>

#include "net/event_loop.h"
#include "runtime/logging.h"

namespace paddock::runtime {

LogThread::LogThread(storage::Store& store,
                     LogThreadOptions options,
                     std::function<void(DiskReport)> on_report)
    : worker_(store),
      options_(options),
      on_report_(std::move(on_report)),
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
  DiskTasks tasks;
  DiskTask task;
  for (;;) {
    bool stopping = false;
    {
      std::unique_lock lock(mutex_);
      wakeup_.wait(lock, [this] { return has_work_ || stopping_; });
      has_work_ = false;
      stopping = stopping_;
    }
    inbox_.take(tasks);
    if (!stopping && options_.flush_delay.count() > 0) wait_for_more(tasks);
    while (tasks.take_first(task)) carry_out(task);
    if (stopping) return;
  }
}

void LogThread::wait_for_more(DiskTasks& tasks) {
  using Clock = std::chrono::steady_clock;
  const auto until = Clock::now() + options_.flush_delay;
  DiskTasks more;
  while (tasks.has_only_records() && tasks.record_count() < options_.batch_max) {
    {
      std::unique_lock lock(mutex_);
      const auto idle = std::min(until, Clock::now() + options_.idle_max);
      if (!wakeup_.wait_until(lock, idle, [this] { return has_work_ || stopping_; })) return;
      if (stopping_) return;
      has_work_ = false;
    }
    inbox_.take(more);
    tasks.append(std::move(more));
  }
}

void LogThread::carry_out(DiskTask& task) {
  Size size;
  if (const auto* batch = std::get_if<storage::LogBatch>(&task)) {
    size = {.records = static_cast<std::int64_t>(batch->records()),
            .bytes = static_cast<std::int64_t>(batch->bytes())};
  }
  const MonotonicTime start = net::read_monotonic();
  auto report = worker_.carry_out(task);
  const Duration took = net::read_monotonic() - start;
  if (!report) {
    last_words(report.error().message + "; stopping");
    std::_Exit(EXIT_FAILURE);
  }
  if (size.records > 0) note_commit(size, took);
  if (std::optional<DiskReport>& done = *report; done) on_report_(*std::move(done));
}

void LogThread::note_commit(Size size, Duration took) {
  stats_.bytes.fetch_add(size.bytes, std::memory_order_relaxed);
  stats_.transactions.fetch_add(size.records, std::memory_order_relaxed);
  stats_.sync_times.add(took);
  stats_.batch_transactions.add(size.records);
  stats_.batch_bytes.add(size.bytes);
  if (took < options_.slow_threshold) return;
  stats_.slow_syncs.fetch_add(1, std::memory_order_relaxed);
  spdlog::warn("writing {} bytes to the log took {} ms; the disk is slow or shared",
               size.bytes,
               std::chrono::duration_cast<milliseconds>(took).count());
}

}  // namespace paddock::runtime
