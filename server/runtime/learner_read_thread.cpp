// SPDX-License-Identifier: Apache-2.0
#include "runtime/learner_read_thread.h"

#include <algorithm>
#include <utility>

#include "net/event_loop.h"

namespace paddock::runtime {

namespace {

ServerId learner_of(const LearnerReadThread::Request& request) {
  return std::visit([](const auto& read) { return read.learner; }, request);
}

}  // namespace

LearnerReadThread::LearnerReadThread(storage::Store& store,
                                     LearnerReadsOptions options,
                                     std::function<void(Answer)> on_answer)
    : reads_(store, options), on_answer_(std::move(on_answer)), thread_([this] { run(); }) {}

void LearnerReadThread::put(const Request& request) {
  {
    const std::lock_guard lock(mutex_);
    const auto same = std::ranges::find(waiting_, learner_of(request), learner_of);
    if (same != waiting_.end()) waiting_.erase(same);
    waiting_.push_back(request);
  }
  wakeup_.notify_one();
}

void LearnerReadThread::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wakeup_.notify_one();
  if (thread_.joinable()) thread_.join();
}

bool LearnerReadThread::is_stopping() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

std::optional<LearnerReadThread::Request> LearnerReadThread::next() {
  const auto is_wanted = [this] {
    return stopping_ || !waiting_.empty();
  };
  const MonotonicTime until = reads_.next_time();
  std::unique_lock lock(mutex_);
  if (until == MonotonicTime{Duration::max()}) {
    wakeup_.wait(lock, is_wanted);
  } else {
    wakeup_.wait_for(lock, until - net::read_monotonic(), is_wanted);
  }
  if (stopping_ || waiting_.empty()) return std::nullopt;
  const Request request = waiting_.front();
  waiting_.erase(waiting_.begin());
  return request;
}

void LearnerReadThread::run() {
  while (!is_stopping()) {
    const std::optional<Request> request = next();
    const MonotonicTime now = net::read_monotonic();
    reads_.close_idle(now);
    if (!request) continue;
    on_answer_(
        std::visit([&](const auto& read) -> Answer { return reads_.read(read, now); }, *request));
  }
}

}  // namespace paddock::runtime
