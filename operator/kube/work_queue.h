// SPDX-License-Identifier: Apache-2.0
//
// Names of objects that somebody has to look at. Pure. Source: client-go, workqueue;
// controller-runtime, priorityqueue.
//
// Invariants: a name is in it once, however often it is added; nobody else gets a name while one
// works on it; what is added meanwhile is not lost but comes again afterwards.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>

#include "base/time.h"
#include "kube/object.h"

namespace paddock::kube {

struct WorkQueueOptions {
  Duration first_delay = milliseconds(5);
  Duration delay_max = seconds(1000);
};

class WorkQueue {
 public:
  enum class Urgency : std::uint8_t {
    Live,        // something has happened
    Background,  // a first list, or a look from time to time
  };
  struct Counters {
    std::uint64_t adds = 0;
    std::uint64_t retries = 0;
  };

  explicit WorkQueue(const WorkQueueOptions& options = {}) : options_(options) {}

  /// Live: there is news, so that no earlier failure keeps it waiting.
  void add(const ObjectKey& key, Urgency urgency, MonotonicTime now);
  /// Not before `delay` has passed; an earlier time that is set already stays.
  void add_after(const ObjectKey& key, Duration delay, MonotonicTime now);
  /// The work on it failed: again after a delay that doubles with each failure.
  void add_failed(const ObjectKey& key, MonotonicTime now);
  /// It did not fail: the next failure is the first.
  void forget(const ObjectKey& key) { failures_.erase(key); }

  /// The next name; its done() must follow.
  [[nodiscard]] std::optional<ObjectKey> take(MonotonicTime now);
  void done(const ObjectKey& key, MonotonicTime now);

  /// When a name that waits will be due.
  [[nodiscard]] std::optional<MonotonicTime> wake_at() const;
  /// Names that are due.
  [[nodiscard]] std::size_t depth() const { return live_.size() + background_.size(); }
  [[nodiscard]] std::size_t failures_of(const ObjectKey& key) const;
  /// How long the name that is worked on the longest has been.
  [[nodiscard]] Duration longest_work(MonotonicTime now) const;
  [[nodiscard]] const Counters& counters() const { return counters_; }
  void check_invariants() const;

 private:
  using Times = std::set<std::pair<MonotonicTime, ObjectKey>>;

  void make_due(const ObjectKey& key, Urgency urgency);
  void make_due_until(MonotonicTime now);
  void stop_waiting(const ObjectKey& key);
  [[nodiscard]] ObjectKey pop();

  WorkQueueOptions options_;
  std::deque<ObjectKey> live_;
  std::deque<ObjectKey> background_;
  std::map<ObjectKey, Urgency> due_;            // to be looked at, also those being worked on
  std::map<ObjectKey, MonotonicTime> working_;  // since when
  std::map<ObjectKey, MonotonicTime> waiting_;  // until when
  Times times_;                                 // the same by time
  std::map<ObjectKey, std::size_t> failures_;
  Counters counters_;
};

}  // namespace paddock::kube
