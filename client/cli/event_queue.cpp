// SPDX-License-Identifier: Apache-2.0
#include "client_cli/event_queue.h"

#include <algorithm>
#include <cerrno>
#include <limits>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/assert.h"

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
  pollfd poll_fd{event_fd_, POLLIN, 0};
  const auto end = std::chrono::steady_clock::now() + limit.value_or(Duration{0});
  while (true) {
    int wait_ms = -1;
    if (limit) {
      const auto left =
          std::chrono::ceil<milliseconds>(end - std::chrono::steady_clock::now()).count();
      wait_ms =
          static_cast<int>(std::clamp<std::int64_t>(left, 0, std::numeric_limits<int>::max()));
    }
    const int ready = ::poll(&poll_fd, 1, wait_ms);
    if (ready > 0) return true;
    if (ready == 0 && wait_ms < std::numeric_limits<int>::max()) return false;
    if (ready < 0 && errno != EINTR) return false;
  }
}

}  // namespace paddock::cli
