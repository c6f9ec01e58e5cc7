// SPDX-License-Identifier: Apache-2.0
//
// How large the records are that were encoded, in bytes: the last, the smallest and the largest.
// Source: ZooKeeper BufferStats.
#pragma once

#include <algorithm>
#include <cstdint>

namespace paddock {

struct BufferSizes {
  /// -1: there were none.
  std::int64_t last = -1;
  std::int64_t min = -1;
  std::int64_t max = -1;

  void add(std::int64_t bytes) { add({.last = bytes, .min = bytes, .max = bytes}); }
  void add(const BufferSizes& later) {
    if (later.last < 0) return;
    last = later.last;
    min = min < 0 ? later.min : std::min(min, later.min);
    max = std::max(max, later.max);
  }
};

}  // namespace paddock
