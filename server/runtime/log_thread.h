// SPDX-License-Identifier: Apache-2.0
//
// The one thread that writes the log: takes all that is queued, writes once, syncs once, reports
// once. While it syncs the next batch gathers: that is the whole of group commit. A log that cannot
// be written stops the process, since nothing may be acknowledged any more.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "base/ids.h"
#include "base/inbox.h"
#include "base/time.h"
#include "storage/log.h"
#include "storage/log_batch.h"

namespace paddock::runtime {

/// What the log thread has done so far; read by anyone.
struct LogThreadStats {
  std::atomic<std::int64_t> syncs{0};
  std::atomic<std::int64_t> sync_ns_sum{0};
  std::atomic<std::int64_t> sync_ns_min{0};  // 0 before the first
  std::atomic<std::int64_t> sync_ns_max{0};
  std::atomic<std::int64_t> slow_syncs{0};
  std::atomic<std::int64_t> bytes{0};
  std::atomic<std::int64_t> transactions{0};
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
  /// `on_durable` is called on the log thread after each commit.
  LogThread(storage::Log& log, LogThreadOptions options, std::function<void(Zxid)> on_durable);
  ~LogThread() { stop(); }
  LogThread(const LogThread&) = delete;
  LogThread& operator=(const LogThread&) = delete;

  /// Queues a batch, which is left empty. One producer thread.
  void put(storage::LogBatch& batch) { inbox_.put(batch); }

  /// Writes what is queued, then ends the thread.
  void stop();

  [[nodiscard]] const LogThreadStats& stats() const { return stats_; }

 private:
  void run();
  void wait_for_more(storage::LogBatch& batch);
  void commit(storage::LogBatch& batch);

  storage::Log& log_;
  LogThreadOptions options_;
  std::function<void(Zxid)> on_durable_;
  LogThreadStats stats_;
  std::mutex mutex_;
  std::condition_variable wakeup_;
  bool has_work_ = false;
  bool stopping_ = false;
  Inbox<storage::LogBatch> inbox_;
  std::thread thread_;
};

}  // namespace paddock::runtime
