// SPDX-License-Identifier: Apache-2.0
//
// Time as an argument: machines are told the time, only shells read a clock.
#pragma once

#include <chrono>
#include <cstdint>

namespace paddock {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

using Duration = std::chrono::nanoseconds;

/// A point on a clock that never goes back; its origin means nothing.
struct MonotonicTime {
  Duration since_origin{0};

  friend constexpr auto operator<=>(MonotonicTime, MonotonicTime) = default;
  friend constexpr MonotonicTime operator+(MonotonicTime at, Duration by) {
    return {at.since_origin + by};
  }
  friend constexpr Duration operator-(MonotonicTime a, MonotonicTime b) {
    return a.since_origin - b.since_origin;
  }
};

/// Milliseconds since the Unix epoch, as stored in ctime and mtime; may jump.
struct WallTime {
  std::int64_t ms = 0;

  friend constexpr auto operator<=>(WallTime, WallTime) = default;
};

/// Both clocks, read together by a shell and handed to a machine.
struct Now {
  MonotonicTime monotonic;
  WallTime wall;
};

}  // namespace paddock
