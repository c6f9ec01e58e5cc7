// SPDX-License-Identifier: Apache-2.0
//
// When the next snapshot is due: after so many transactions or bytes of log, drawn by chance from
// the upper half of the limits, so that servers which started together do not take theirs together.
// A pure machine of the background thread. Source: ZooKeeper SyncRequestProcessor.
#pragma once

#include <cstdint>

#include "base/prng.h"

namespace paddock::runtime {

struct SnapshotLimits {
  std::int64_t transactions = 100000;
  /// 0: no limit.
  std::int64_t log_bytes = std::int64_t{4} << 30U;
};

/// What the log has taken since the start.
struct Logged {
  std::int64_t transactions = 0;
  std::int64_t bytes = 0;
};

class SnapshotSchedule {
 public:
  /// `replayed`: what the log held above the newest snapshot at the start. It counts, or a server
  /// that is restarted again and again would replay more each time.
  SnapshotSchedule(SnapshotLimits limits, const Logged& replayed, std::uint64_t seed);

  [[nodiscard]] bool is_due(const Logged& logged) const;
  /// A snapshot has begun: the next one is due after that much again.
  void on_begun(const Logged& logged);

 private:
  [[nodiscard]] std::int64_t draw(std::int64_t limit);

  SnapshotLimits limits_;
  Prng prng_;
  Logged due_at_;
};

}  // namespace paddock::runtime
