// SPDX-License-Identifier: Apache-2.0
//
// The thread for calls of the admin API that wait for others: a quorum, the disk. So probes and
// metrics, on the admin server's thread, never wait behind them. A bounded number waits.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace paddock::runtime {

class AdminWorker {
 public:
  static constexpr std::size_t kWaitingMax = 32;

  AdminWorker() : thread_([this] { run(); }) {}
  /// What waits is not done.
  ~AdminWorker() {
    {
      const std::lock_guard lock(mutex_);
      is_stopping_ = true;
    }
    wakeup_.notify_one();
    thread_.join();
  }
  AdminWorker(const AdminWorker&) = delete;
  AdminWorker& operator=(const AdminWorker&) = delete;

  /// False: too much waits already.
  [[nodiscard]] bool put(std::function<void()> task) {
    {
      const std::lock_guard lock(mutex_);
      if (tasks_.size() >= kWaitingMax) return false;
      tasks_.push_back(std::move(task));
    }
    wakeup_.notify_one();
    return true;
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    while (true) {
      wakeup_.wait(lock, [this] { return is_stopping_ || !tasks_.empty(); });
      if (is_stopping_) return;
      const std::function<void()> task = std::move(tasks_.front());
      tasks_.pop_front();
      lock.unlock();
      task();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable wakeup_;
  std::deque<std::function<void()>> tasks_;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace paddock::runtime
