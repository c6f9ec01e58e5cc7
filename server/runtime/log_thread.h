// SPDX-License-Identifier: Apache-2.0
//
// The one thread that writes the log, and whatever else of the disk belongs in the log's order
// (disk_task.h): takes all that is queued, writes records that follow one another once, syncs once,
// reports once. While it syncs the next batch gathers: that is the whole of group commit. A task
// that fails stops the process, since nothing may be acknowledged any more.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

#include "base/histogram.h"
#include "base/inbox.h"
#include "base/time.h"
#include "runtime/disk_task.h"
#include "runtime/disk_worker.h"
#include "storage/log_batch.h"
#include "storage/store.h"

namespace paddock::runtime {

/// What the log thread has done so far; read by anyone.
struct LogThreadStats {
  std::atomic<std::int64_t> slow_syncs{0};
  std::atomic<std::int64_t> bytes{0};
  std::atomic<std::int64_t> transactions{0};
  std::atomic<std::int64_t> queued{0};  // transactions that it was given
  Histogram sync_times;
  Histogram batch_transactions;
  Histogram batch_bytes;
};

struct LogThreadOptions {
  /// Commits slower than this are counted and logged.
  milliseconds slow_threshold{1000};
  /// How long a batch waits for more, at most, unless it has `batch_max` transactions; it also goes
  /// when nothing came for `idle_max`. 0: not at all. Source: ZooKeeper SyncRequestProcessor.
  milliseconds flush_delay{0};
  milliseconds idle_max{0};
  std::size_t batch_max = 1000;
};

class LogThread {
 public:
  /// `on_report` is called on the log thread after each task, in the order of the tasks.
  LogThread(storage::Store& store,
            LogThreadOptions options,
            std::function<void(DiskReport)> on_report);
  ~LogThread() { stop(); }
  LogThread(const LogThread&) = delete;
  LogThread& operator=(const LogThread&) = delete;

  /// Queues tasks, or records alone; what is given is left empty. One producer thread.
  void put(DiskTasks& tasks) {
    note_queued(tasks.record_count());
    inbox_.put(tasks);
  }
  void put(storage::LogBatch& batch) {
    note_queued(batch.records());
    outgoing_.records().append(std::move(batch));
    inbox_.put(outgoing_);
  }

  /// Does what is queued, then ends the thread.
  void stop();

  [[nodiscard]] const LogThreadStats& stats() const { return stats_; }

 private:
  struct Size {
    std::int64_t records = 0;
    std::int64_t bytes = 0;
  };

  void note_queued(std::size_t records) {
    stats_.queued.fetch_add(static_cast<std::int64_t>(records), std::memory_order_relaxed);
  }
  void run();
  void wait_for_more(DiskTasks& tasks);
  void carry_out(DiskTask& task);
  void note_commit(Size size, Duration took);

  DiskWorker worker_;
  LogThreadOptions options_;
  std::function<void(DiskReport)> on_report_;
  LogThreadStats stats_;
  DiskTasks outgoing_;  // the producer's; empty between calls
  std::mutex mutex_;
  std::condition_variable wakeup_;
  bool has_work_ = false;
  bool stopping_ = false;
  Inbox<DiskTasks> inbox_;
  std::thread thread_;
};

}  // namespace paddock::runtime
