// SPDX-License-Identifier: Apache-2.0
//
// What is kept of a number of values: enough for an average and the extremes.
#pragma once

#include <algorithm>
#include <cstdint>

namespace paddock {

struct Observed {
  std::int64_t count = 0;
  std::int64_t sum = 0;
  std::int64_t min = 0;  // 0 before the first
  std::int64_t max = 0;

  void add(std::int64_t value) { add({.count = 1, .sum = value, .min = value, .max = value}); }
  void add(const Observed& other) {
    if (other.count == 0) return;
    min = count == 0 ? other.min : std::min(min, other.min);
    max = count == 0 ? other.max : std::max(max, other.max);
    count += other.count;
    sum += other.sum;
  }
};

}  // namespace paddock
