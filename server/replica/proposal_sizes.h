// SPDX-License-Identifier: Apache-2.0
//
// How large the transactions are that a leader has proposed, in bytes. Source: ZooKeeper
// BufferStats.
#pragma once

#include <algorithm>
#include <cstdint>

namespace paddock::replica {

struct ProposalSizes {
  /// -1: there were none.
  std::int64_t last = -1;
  std::int64_t min = -1;
  std::int64_t max = -1;

  void add(std::int64_t bytes) {
    last = bytes;
    min = min < 0 ? bytes : std::min(min, bytes);
    max = std::max(max, bytes);
  }
};

}  // namespace paddock::replica
