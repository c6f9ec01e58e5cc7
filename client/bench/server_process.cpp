// SPDX-License-Identifier: Apache-2.0
#include "bench/server_process.h"

#include <ctime>

namespace paddock::bench {

namespace {

Duration to_duration(const timespec& time) {
  return seconds{time.tv_sec} + nanoseconds{time.tv_nsec};
}

std::optional<Duration> cpu_time_of(pid_t pid) {
  clockid_t clock{};
  timespec used{};
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &used) != 0) {
    return std::nullopt;
  }
  return to_duration(used);
}

}  // namespace

std::optional<Duration> cpu_time_of(const std::vector<pid_t>& pids) {
  if (pids.empty()) return std::nullopt;
  Duration sum{0};
  for (const pid_t pid : pids) {
    const auto used = cpu_time_of(pid);
    if (!used) return std::nullopt;
    sum += *used;
  }
  return sum;
}

Duration own_cpu_time() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return to_duration(used);
}

}  // namespace paddock::bench
