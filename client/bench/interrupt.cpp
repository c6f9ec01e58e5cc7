// SPDX-License-Identifier: Apache-2.0
#include "bench/interrupt.h"

#include <algorithm>
#include <ctime>

#include <fmt/format.h>
#include <pthread.h>

namespace paddock::bench {

namespace {

sigset_t ending_signals() {
  sigset_t set{};
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

}  // namespace

Interrupt::Interrupt() {
  const sigset_t set = ending_signals();
  pthread_sigmask(SIG_BLOCK, &set, &previous_);
}

Interrupt::~Interrupt() {
  pthread_sigmask(SIG_SETMASK, &previous_, nullptr);
}

bool Interrupt::wait(Duration timeout) {
  if (seen_) return true;
  const sigset_t set = ending_signals();
  const timespec limit{.tv_sec = timeout / seconds{1}, .tv_nsec = (timeout % seconds{1}).count()};
  seen_ = sigtimedwait(&set, nullptr, &limit) > 0;
  return seen_;
}

Result<std::span<const epoll_event>> wait_interruptibly(Poller& poller,
                                                        Duration limit,
                                                        Interrupt* interrupt) {
  constexpr Duration kSlice = milliseconds{100};
  const MonotonicTime end = monotonic_now() + limit;
  for (MonotonicTime now = monotonic_now(); now < end; now = monotonic_now()) {
    const auto events = poller.wait(std::min(end - now, kSlice));
    if (!events.empty()) return events;
    if (interrupt != nullptr && interrupt->came()) return fail("interrupted");
  }
  return fail(fmt::format("no answer for {} s", limit / seconds{1}));
}

}  // namespace paddock::bench
