// SPDX-License-Identifier: Apache-2.0
//
// The thread that reads from the disk for learners, so that neither the core nor the log waits for
// it: requests in, results out through a callback, in order. Its logic is LearnerReads.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <variant>
#include <vector>

#include "runtime/learner_reads.h"
#include "storage/store.h"
#include "zab/effects.h"
#include "zab/feed.h"

namespace paddock::runtime {

class LearnerReadThread {
 public:
  using Request = std::variant<zab::LogRead, zab::SnapshotRead>;
  using Answer = std::variant<zab::LogReadResult, zab::SnapshotReadResult>;

  /// `on_answer` is called on the thread.
  LearnerReadThread(storage::Store& store,
                    LearnerReadsOptions options,
                    std::function<void(Answer)> on_answer);
  ~LearnerReadThread() { stop(); }
  LearnerReadThread(const LearnerReadThread&) = delete;
  LearnerReadThread& operator=(const LearnerReadThread&) = delete;

  /// Any thread. A learner has one request at a time: a later one takes the place of one that
  /// waits, which is not answered.
  void put(const Request& request);

  /// Ends the thread; what waits is not answered.
  void stop();

 private:
  void run();
  /// Waits for a request; none: the thread is to end, or something has been idle for long enough.
  [[nodiscard]] std::optional<Request> next();
  [[nodiscard]] bool is_stopping() const;

  LearnerReads reads_;  // the thread's
  std::function<void(Answer)> on_answer_;
  mutable std::mutex mutex_;
  std::condition_variable wakeup_;
  std::vector<Request> waiting_;  // at most one of each learner
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace paddock::runtime
