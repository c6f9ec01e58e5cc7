// SPDX-License-Identifier: Apache-2.0
#include "net/event_loop.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <limits>

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "base/assert.h"

namespace paddock::net {

namespace {

constexpr int kEventsMax = 256;

int wait_ms(MonotonicTime now, MonotonicTime until) {
  if (until <= now) return 0;
  const auto left = std::chrono::ceil<milliseconds>(until - now).count();
  return static_cast<int>(std::min<std::int64_t>(left, std::numeric_limits<int>::max()));
}

Duration clock_value(clockid_t clock) {
  timespec value{};
  ::clock_gettime(clock, &value);
  return seconds(value.tv_sec) + nanoseconds(value.tv_nsec);
}

}  // namespace

MonotonicTime read_monotonic() {
  return {clock_value(CLOCK_MONOTONIC)};
}

Now read_clocks() {
  return {.monotonic = read_monotonic(),
          .wall = {std::chrono::floor<milliseconds>(clock_value(CLOCK_REALTIME)).count()}};
}

Result<std::unique_ptr<EventLoop>> EventLoop::create() {
  Fd epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll.is_open()) return fail("cannot create an epoll descriptor: " + errno_text(errno));
  Fd wakeup(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wakeup.is_open()) return fail("cannot create an eventfd: " + errno_text(errno));
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = nullptr;
  if (::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, wakeup.get(), &event) != 0) {
    return fail("cannot watch an eventfd: " + errno_text(errno));
  }
  return std::unique_ptr<EventLoop>(new EventLoop(std::move(epoll), std::move(wakeup)));
}

Result<> EventLoop::add(int fd, std::uint32_t events, EventHandler& handler) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = &handler;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
    return fail("cannot watch a descriptor: " + errno_text(errno));
  }
  return {};
}

void EventLoop::modify(int fd, std::uint32_t events, EventHandler& handler) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = &handler;
  const int result = ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event);
  PADDOCK_ASSERT(result == 0);
}

void EventLoop::remove(int fd, const EventHandler& handler) {
  const int result = ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
  PADDOCK_ASSERT(result == 0);
  forget(handler);
}

void EventLoop::forget(const EventHandler& handler) {
  for (EventHandler*& ready : ready_) {
    if (ready == &handler) ready = nullptr;
  }
}

void EventLoop::run(const std::function<MonotonicTime()>& on_turn_end) {
  now_ = read_clocks();
  std::array<epoll_event, kEventsMax> events{};
  while (!stopping_.load(std::memory_order_relaxed)) {
    const MonotonicTime until = on_turn_end();
    turn_times_.add(read_monotonic() - now_.monotonic);
    const int count =
        ::epoll_wait(epoll_.get(), events.data(), kEventsMax, wait_ms(now_.monotonic, until));
    PADDOCK_ASSERT(count >= 0 || errno == EINTR);
    now_ = read_clocks();
    ready_.clear();
    for (int i = 0; i < count; ++i) {
      auto* handler = static_cast<EventHandler*>(events.at(static_cast<std::size_t>(i)).data.ptr);
      if (handler == nullptr) drain_wakeup();
      ready_.push_back(handler);
    }
    for (std::size_t i = 0; i < ready_.size(); ++i) {
      if (ready_[i] != nullptr) ready_[i]->on_events(events.at(i).events);
    }
    run_posted();
  }
  drop_posted();
}

void EventLoop::wake() {
  // One write for however many wakes come before the loop looks.
  if (awake_.exchange(true)) return;
  const std::uint64_t one = 1;
  const auto written = ::write(wakeup_.get(), &one, sizeof one);
  PADDOCK_ASSERT(written == sizeof one);
}

void EventLoop::drain_wakeup() {
  std::uint64_t count = 0;
  const auto got = ::read(wakeup_.get(), &count, sizeof count);
  PADDOCK_ASSERT(got == sizeof count || errno == EAGAIN);
  // An exchange, not a store: what was done before a wake() that wrote nothing is seen after this.
  awake_.exchange(false);
}

void EventLoop::post(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    if (ended_) return;
    posted_.push_back(std::move(task));
  }
  wake();
}

void EventLoop::drop_posted() {
  std::vector<std::function<void()>> tasks;
  const std::lock_guard lock(mutex_);
  ended_ = true;
  tasks.swap(posted_);
}

void EventLoop::run_posted() {
  std::vector<std::function<void()>> tasks;
  {
    const std::lock_guard lock(mutex_);
    if (posted_.empty()) return;
    tasks.swap(posted_);
  }
  for (auto& task : tasks) task();
}

void EventLoop::stop() {
  stopping_.store(true);
  wake();
}

}  // namespace paddock::net
