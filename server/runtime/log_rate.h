// SPDX-License-Identifier: Apache-2.0
//
// Lets a few lines of one kind into the log per period, so that a flood of what they tell of does
// not become a flood of lines. One thread.
#pragma once

#include <cstdint>
#include <utility>

#include "base/time.h"

namespace paddock::runtime {

class LogRate {
 public:
  LogRate(int lines_max, Duration period) : lines_max_(lines_max), period_(period) {}

  /// Whether a line may be written now.
  [[nodiscard]] bool allow(MonotonicTime now) {
    if (now >= period_end_) {
      period_end_ = now + period_;
      lines_ = 0;
    }
    if (lines_ < lines_max_) {
      ++lines_;
      return true;
    }
    ++left_out_;
    return false;
  }
  /// How many lines were not allowed since the last call.
  [[nodiscard]] std::int64_t take_left_out() { return std::exchange(left_out_, 0); }

 private:
  int lines_max_;
  Duration period_;
  int lines_ = 0;
  std::int64_t left_out_ = 0;
  MonotonicTime period_end_{Duration::min()};
};

}  // namespace paddock::runtime
