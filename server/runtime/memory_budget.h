// SPDX-License-Identifier: Apache-2.0
//
// Whether the server uses more memory than it may: from the limit on, until it is a tenth below it.
// A pure machine of the core's loop; the shell tells it what is used.
#pragma once

#include <cstdint>

#include "base/time.h"

namespace paddock::runtime {

class MemoryBudget {
 public:
  /// 0: no limit.
  explicit MemoryBudget(std::int64_t limit_bytes) : limit_(limit_bytes) {}

  [[nodiscard]] std::int64_t limit() const { return limit_; }
  [[nodiscard]] bool is_exceeded() const { return is_exceeded_; }
  [[nodiscard]] MonotonicTime next_look() const {
    return limit_ == 0 ? MonotonicTime{Duration::max()} : next_look_;
  }
  /// What is used now; whether that changes the answer.
  [[nodiscard]] bool observe(std::int64_t used, MonotonicTime now) {
    next_look_ = now + kLookEvery;
    const bool was_exceeded = is_exceeded_;
    is_exceeded_ = used >= (was_exceeded ? limit_ / 10 * 9 : limit_);
    return is_exceeded_ != was_exceeded;
  }

 private:
  static constexpr Duration kLookEvery = milliseconds(100);

  std::int64_t limit_;
  bool is_exceeded_ = false;
  MonotonicTime next_look_;
};

}  // namespace paddock::runtime
