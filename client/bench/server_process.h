// SPDX-License-Identifier: Apache-2.0
//
// How much processor time a process of this machine has used: the measured server's, and our own.
#pragma once

#include <optional>

#include <sys/types.h>

#include "base/time.h"

namespace paddock::bench {

/// User and system time of all threads of `pid` so far; nothing if there is no such process.
/// By the clock of the process, which is exact where utime+stime of /proc/<pid>/stat count ticks.
[[nodiscard]] std::optional<Duration> cpu_time_of(pid_t pid);

/// The same of this process.
[[nodiscard]] Duration own_cpu_time();

}  // namespace paddock::bench
