// SPDX-License-Identifier: Apache-2.0
#include "runtime/snapshot_schedule.h"

#include <algorithm>
#include <limits>

namespace paddock::runtime {

SnapshotSchedule::SnapshotSchedule(SnapshotLimits limits,
                                   const Logged& replayed,
                                   std::uint64_t seed)
    : limits_(limits), prng_(seed) {
  on_begun({.transactions = -replayed.transactions, .bytes = -replayed.bytes});
}

bool SnapshotSchedule::is_due(const Logged& logged) const {
  return logged.transactions >= due_at_.transactions || logged.bytes >= due_at_.bytes;
}

void SnapshotSchedule::on_begun(const Logged& logged) {
  due_at_.transactions =
      logged.transactions + draw(std::max<std::int64_t>(limits_.transactions, 2));
  due_at_.bytes = limits_.log_bytes > 0 ? logged.bytes + draw(limits_.log_bytes)
                                        : std::numeric_limits<std::int64_t>::max();
}

std::int64_t SnapshotSchedule::draw(std::int64_t limit) {
  const std::int64_t half = limit / 2;
  return half + 1 +
         static_cast<std::int64_t>(prng_.below(static_cast<std::uint64_t>(limit - half)));
}

}  // namespace paddock::runtime
