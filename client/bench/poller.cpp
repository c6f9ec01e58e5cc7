// SPDX-License-Identifier: Apache-2.0
#include "bench/poller.h"

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <utility>

#include <unistd.h>

#include "base/assert.h"

namespace paddock::bench {

MonotonicTime monotonic_now() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return {seconds{now.tv_sec} + nanoseconds{now.tv_nsec}};
}

Result<Poller> Poller::open() {
  const int descriptor = epoll_create1(EPOLL_CLOEXEC);
  if (descriptor < 0) return fail("epoll_create1: " + errno_text(errno));
  return Poller{descriptor};
}

Poller::Poller(Poller&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

Poller::~Poller() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void Poller::add(int descriptor, std::uint32_t events, std::uint64_t token) {
  epoll_event event{.events = events, .data = {.u64 = token}};
  const int result = epoll_ctl(descriptor_, EPOLL_CTL_ADD, descriptor, &event);
  PADDOCK_ASSERT(result == 0);
}

void Poller::change(int descriptor, std::uint32_t events, std::uint64_t token) {
  epoll_event event{.events = events, .data = {.u64 = token}};
  const int result = epoll_ctl(descriptor_, EPOLL_CTL_MOD, descriptor, &event);
  PADDOCK_ASSERT(result == 0);
}

std::span<const epoll_event> Poller::wait(std::optional<Duration> timeout) {
  timespec limit{};
  if (timeout) {
    const Duration wanted = std::max(*timeout, Duration::zero());
    limit.tv_sec = wanted / seconds{1};
    limit.tv_nsec = (wanted % seconds{1}).count();
  }
  const int count = epoll_pwait2(descriptor_,
                                 events_.data(),
                                 static_cast<int>(events_.size()),
                                 timeout ? &limit : nullptr,
                                 nullptr);
  PADDOCK_ASSERT(count >= 0 || errno == EINTR);
  return {events_.data(), count < 0 ? 0U : static_cast<std::size_t>(count)};
}

}  // namespace paddock::bench
