// SPDX-License-Identifier: Apache-2.0
//
// When the processors of this machine stand still, as those of a virtual one do whose host gives
// them no time. One thread on each processor wakes up every two milliseconds and says so when it
// was late. Its priority is a real-time one, so that it is not the load that it waits for; and it
// sleeps in between, as a thread that spins would take the processor from the load. Some threads
// are late for what one processor does in the kernel; the machine stands still while all are, and
// that is for the reader to find out.
//
//   paddock-bench-standstill
//
// prints the processors that it watches and then, until its standard input ends, a line for each
// wake-up that was late by 3 ms or more: the processor, when it was due, and when it came, in
// seconds of the monotonic clock.
#include <array>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include "base/error.h"
#include "base/time.h"
#include "bench/poller.h"

namespace paddock::bench {
namespace {

constexpr Duration kEvery = milliseconds{2};
constexpr Duration kLateFrom = milliseconds{3};

double as_seconds(MonotonicTime at) {
  return std::chrono::duration<double>(at.since_origin).count();
}

void wait_until(MonotonicTime due) {
  const Duration at = due.since_origin;
  const timespec time{.tv_sec = at / seconds{1}, .tv_nsec = (at % seconds{1}).count()};
  while (::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nullptr) == EINTR) {
  }
}

std::vector<int> processors() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  std::vector<int> found;
  if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0) return found;
  for (int i = 0; i < CPU_SETSIZE; ++i) {
    if (CPU_ISSET(i, &allowed)) found.push_back(i);
  }
  return found;
}

/// Threads inherit it.
Result<> take_real_time_priority() {
  sched_param priority{};
  priority.sched_priority = 1;
  if (::sched_setscheduler(0, SCHED_FIFO, &priority) == 0) return {};
  return fail("no real-time priority (it needs root or CAP_SYS_NICE): " + errno_text(errno));
}

void pin_to(int processor) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(processor, &one);
  static_cast<void>(::pthread_setaffinity_np(::pthread_self(), sizeof one, &one));
}

void watch(int processor) {
  pin_to(processor);
  for (MonotonicTime due = monotonic_now() + kEvery;;) {
    wait_until(due);
    const MonotonicTime now = monotonic_now();
    if (now - due >= kLateFrom) {
      fmt::print("{} {:.6f} {:.6f}\n", processor, as_seconds(due), as_seconds(now));
      static_cast<void>(std::fflush(stdout));
      due = now;
    }
    due = due + kEvery;
  }
}

void wait_for_end_of_input() {
  std::array<char, 64> ignored{};
  while (::read(STDIN_FILENO, ignored.data(), ignored.size()) > 0) {
  }
}

Result<> run() {
  PADDOCK_TRY(take_real_time_priority());
  const std::vector<int> watched = processors();
  fmt::print("{}\n", fmt::join(watched, " "));
  static_cast<void>(std::fflush(stdout));
  for (const int processor : watched) std::thread(watch, processor).detach();
  wait_for_end_of_input();
  return {};
}

}  // namespace
}  // namespace paddock::bench

int main() {
  const auto done = paddock::bench::run();
  if (!done) fmt::print(stderr, "paddock-bench-standstill: {}\n", done.error().message);
  static_cast<void>(std::fflush(nullptr));
  // The threads never end by themselves.
  ::_exit(done ? 0 : 1);
}
