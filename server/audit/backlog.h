// SPDX-License-Identifier: Apache-2.0
//
// Events that wait to be written. Bounded: who acts does not wait for the audit log, so that when
// it does not keep up, what comes is lost, and the log itself says how much. Pure; the owner
// locks.
#pragma once

#include <cstddef>
#include <cstdint>

#include "audit/event.h"

namespace paddock::audit {

struct BacklogLimits {
  std::size_t events_max = std::size_t{1} << 16U;
  std::size_t bytes_max = std::size_t{32} << 20U;
};

class Backlog {
 public:
  explicit Backlog(BacklogLimits limits) : limits_(limits) {}

  /// Takes what there is room for; `events` is empty afterwards.
  void put(Events& events);
  /// Moves all to `into`, which is empty, with what was lost behind it.
  void take(Events& into);

  [[nodiscard]] bool empty() const { return events_.empty(); }
  /// Events that found no room, ever.
  [[nodiscard]] std::int64_t lost() const { return lost_; }

 private:
  BacklogLimits limits_;
  Events events_;
  std::size_t bytes_ = 0;
  std::int64_t lost_ = 0;
  std::int64_t untold_ = 0;  // of those
  WallTime last_lost_;
};

}  // namespace paddock::audit
