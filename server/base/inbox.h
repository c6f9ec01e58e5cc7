// SPDX-License-Identifier: Apache-2.0
//
// The way from one thread to another: many producers put whole batches, one consumer takes all that
// is there. The consumer is woken once per change from empty to not empty. `Batch` needs
// `append(Batch&&)` (which must leave its argument reusable), `empty()` and to be swappable.
#pragma once

#include <functional>
#include <mutex>
#include <utility>

namespace paddock {

template <class Batch>
class Inbox {
 public:
  /// `wake` is called on the producer's thread, outside the lock, and must make the consumer call
  /// take().
  explicit Inbox(std::function<void()> wake) : wake_(std::move(wake)) {}

  /// Any thread.
  void put(Batch& batch) {
    bool was_empty = false;
    {
      const std::lock_guard lock(mutex_);
      was_empty = waiting_.empty();
      waiting_.append(std::move(batch));
    }
    if (was_empty) wake_();
  }

  /// The consumer's thread: exchanges `into` (which must be empty) for everything that waits.
  void take(Batch& into) {
    using std::swap;
    const std::lock_guard lock(mutex_);
    swap(waiting_, into);
  }

 private:
  std::mutex mutex_;
  Batch waiting_;
  std::function<void()> wake_;
};

}  // namespace paddock
