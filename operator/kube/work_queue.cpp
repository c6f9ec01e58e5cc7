// SPDX-License-Identifier: Apache-2.0
#include "kube/work_queue.h"

#include <algorithm>

#include "base/assert.h"

namespace paddock::kube {

void WorkQueue::add(const ObjectKey& key, Urgency urgency, MonotonicTime now) {
  ++counters_.adds;
  if (urgency == Urgency::Live) {
    forget(key);
    stop_waiting(key);
  }
  make_due_until(now);
  make_due(key, urgency);
}

void WorkQueue::add_after(const ObjectKey& key, Duration delay, MonotonicTime now) {
  if (delay <= Duration::zero()) return make_due(key, Urgency::Background);
  const MonotonicTime at = now + delay;
  const auto known = waiting_.find(key);
  if (known != waiting_.end() && known->second <= at) return;
  stop_waiting(key);
  waiting_.emplace(key, at);
  times_.emplace(at, key);
}

void WorkQueue::add_failed(const ObjectKey& key, MonotonicTime now) {
  ++counters_.retries;
  const std::size_t before = failures_[key]++;
  // 2^20 times the shortest delay is above any longest one.
  const Duration delay =
      options_.first_delay * (std::int64_t{1} << std::min<std::size_t>(before, 20));
  add_after(key, std::min(delay, options_.delay_max), now);
}

std::optional<ObjectKey> WorkQueue::take(MonotonicTime now) {
  make_due_until(now);
  if (depth() == 0) return std::nullopt;
  ObjectKey key = pop();
  due_.erase(key);
  working_.emplace(key, now);
  return key;
}

void WorkQueue::done(const ObjectKey& key, MonotonicTime now) {
  // Before it counts as done: what is due meanwhile goes into a queue here, and only here.
  make_due_until(now);
  const auto erased = working_.erase(key);
  PADDOCK_ASSERT(erased == 1);
  const auto again = due_.find(key);
  if (again == due_.end()) return;
  (again->second == Urgency::Live ? live_ : background_).push_back(key);
}

std::optional<MonotonicTime> WorkQueue::wake_at() const {
  return times_.empty() ? std::nullopt : std::optional(times_.begin()->first);
}

std::size_t WorkQueue::failures_of(const ObjectKey& key) const {
  const auto found = failures_.find(key);
  return found == failures_.end() ? 0 : found->second;
}

Duration WorkQueue::longest_work(MonotonicTime now) const {
  Duration longest{};
  for (const auto& [key, since] : working_) longest = std::max(longest, now - since);
  return longest;
}

void WorkQueue::make_due(const ObjectKey& key, Urgency urgency) {
  const auto [at, is_new] = due_.emplace(key, urgency);
  const bool rises = !is_new && at->second == Urgency::Background && urgency == Urgency::Live;
  if (!is_new && !rises) return;
  at->second = urgency;
  if (working_.contains(key)) return;  // done() puts it into its queue
  if (rises) std::erase(background_, key);
  (urgency == Urgency::Live ? live_ : background_).push_back(key);
}

void WorkQueue::make_due_until(MonotonicTime now) {
  while (!times_.empty() && times_.begin()->first <= now) {
    const ObjectKey key = times_.begin()->second;
    stop_waiting(key);
    make_due(key, Urgency::Background);
  }
}

void WorkQueue::stop_waiting(const ObjectKey& key) {
  const auto found = waiting_.find(key);
  if (found == waiting_.end()) return;
  times_.erase({found->second, key});
  waiting_.erase(found);
}

ObjectKey WorkQueue::pop() {
  std::deque<ObjectKey>& queue = live_.empty() ? background_ : live_;
  ObjectKey key = std::move(queue.front());
  queue.pop_front();
  return key;
}

void WorkQueue::check_invariants() const {
  std::set<ObjectKey> queued(live_.begin(), live_.end());
  queued.insert(background_.begin(), background_.end());
  PADDOCK_ASSERT(queued.size() == depth());
  for (const ObjectKey& key : queued) {
    PADDOCK_ASSERT(due_.contains(key));
    PADDOCK_ASSERT(!working_.contains(key));
  }
  for (const auto& [key, urgency] : due_) {
    PADDOCK_ASSERT(queued.contains(key) || working_.contains(key));
  }
  PADDOCK_ASSERT(times_.size() == waiting_.size());
}

}  // namespace paddock::kube
