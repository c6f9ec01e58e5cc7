// SPDX-License-Identifier: Apache-2.0
//
// Where others ask the background thread to read the configuration again: a signal, which waits for
// nothing, and the admin API, which is told what came of it.
#pragma once

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace paddock::runtime {

struct Reloaded {
  std::size_t limits = 0;
  /// Of the configuration that was read.
  std::string label;
  /// Settings that have changed and are not in force.
  std::vector<std::string> restart_needed_for;
};

class ReloadDesk {
 public:
  /// `wake`: the background thread is to serve().
  explicit ReloadDesk(std::function<void()> wake) : wake_(std::move(wake)) {}

  /// Any thread.
  void want() {
    is_wanted_ = true;
    wake_();
  }
  /// Any thread but the background's. *Errors*: what was wrong; it took too long.
  [[nodiscard]] Result<Reloaded> ask() {
    auto promise = std::make_shared<std::promise<Result<Reloaded>>>();
    auto future = promise->get_future();
    {
      const std::lock_guard lock(mutex_);
      asking_.push_back(std::move(promise));
    }
    want();
    if (future.wait_for(kAskMax) != std::future_status::ready) {
      return fail("it was not read within 10 seconds: the disk may be busy; ask again");
    }
    return future.get();
  }
  /// Any thread. Of what was last read; nothing: it was only read at the start.
  [[nodiscard]] std::optional<std::string> label() const {
    const std::lock_guard lock(mutex_);
    return label_;
  }

  /// The background thread, about once a second and when it was woken.
  void serve(const std::function<Result<Reloaded>()>& reload) {
    if (!is_wanted_.exchange(false)) return;
    std::vector<std::shared_ptr<std::promise<Result<Reloaded>>>> asking;
    {
      const std::lock_guard lock(mutex_);
      asking.swap(asking_);
    }
    const Result<Reloaded> outcome = reload();
    if (outcome) {
      const std::lock_guard lock(mutex_);
      label_ = outcome->label;
    }
    for (const auto& promise : asking) promise->set_value(outcome);
  }

 private:
  static constexpr milliseconds kAskMax{10000};

  std::function<void()> wake_;
  std::atomic<bool> is_wanted_{false};
  mutable std::mutex mutex_;
  std::optional<std::string> label_;
  std::vector<std::shared_ptr<std::promise<Result<Reloaded>>>> asking_;
};

}  // namespace paddock::runtime
