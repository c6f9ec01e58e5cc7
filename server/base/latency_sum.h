// SPDX-License-Identifier: Apache-2.0
//
// What is kept of a number of times: enough for an average and the extremes.
#pragma once

#include <cstdint>
#include <limits>

namespace paddock {

/// In whole milliseconds.
struct LatencySum {
  std::int64_t count = 0;
  std::int64_t sum_ms = 0;
  std::int64_t min_ms = std::numeric_limits<std::int64_t>::max();
  std::int64_t max_ms = 0;

  void add(std::int64_t ms) {
    ++count;
    sum_ms += ms;
    min_ms = ms < min_ms ? ms : min_ms;
    max_ms = ms > max_ms ? ms : max_ms;
  }
  void add(const LatencySum& other) {
    count += other.count;
    sum_ms += other.sum_ms;
    min_ms = other.min_ms < min_ms ? other.min_ms : min_ms;
    max_ms = other.max_ms > max_ms ? other.max_ms : max_ms;
  }
};

}  // namespace paddock
