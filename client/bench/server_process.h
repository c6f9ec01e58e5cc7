// SPDX-License-Identifier: Apache-2.0
//
// How much processor time processes of this machine have used: the measured servers', and our own.
#pragma once

#include <optional>
#include <vector>

#include <sys/types.h>

#include "base/time.h"

namespace paddock::bench {

/// User and system time of all threads of these processes so far, in all; nothing if there are none
/// or one of them is not there.
/// By the clock of the process, which is exact where utime+stime of /proc/<pid>/stat count ticks.
[[nodiscard]] std::optional<Duration> cpu_time_of(const std::vector<pid_t>& pids);

/// The same of this process.
[[nodiscard]] Duration own_cpu_time();

}  // namespace paddock::bench
