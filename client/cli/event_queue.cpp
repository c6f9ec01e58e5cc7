// SPDX-License-Identifier: Apache-2.0
#include "client_cli/event_queue.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/assert.h"
#include "client_cli/interruption.h"

namespace paddock::cli {

EventQueue::EventQueue() : event_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  PADDOCK_ASSERT(event_fd_ >= 0);
}

EventQueue::~EventQueue() {
  ::close(event_fd_);
}

void EventQueue::put(Item item) {
  const std::lock_guard lock(mutex_);
  items_.push_back(std::move(item));
  static_cast<void>(::eventfd_write(event_fd_, 1));
}

std::vector<EventQueue::Item> EventQueue::take() {
  const std::lock_guard lock(mutex_);
  eventfd_t count = 0;
  static_cast<void>(::eventfd_read(event_fd_, &count));
  return std::exchange(items_, {});
}

bool EventQueue::wait(std::optional<Duration> limit) {
  // In slices, because a signal just before poll() would not end it.
  constexpr Duration kSlice = milliseconds(100);
  pollfd poll_fd{event_fd_, POLLIN, 0};
  const auto end = std::chrono::steady_clock::now() + limit.value_or(Duration{0});
  while (!is_interrupted()) {
    Duration wait = kSlice;
    if (limit) {
      const Duration left = end - std::chrono::steady_clock::now();
      wait = std::clamp<Duration>(left, Duration{0}, kSlice);
    }
    const int ready =
        ::poll(&poll_fd, 1, static_cast<int>(std::chrono::ceil<milliseconds>(wait).count()));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
    if (limit && wait == Duration{0}) return false;
  }
  return false;
}

}  // namespace paddock::cli
