// SPDX-License-Identifier: Apache-2.0
//
// Clients go to other servers before this one ends, in equal steps over a given time, so that they
// do not arrive there all at once. A pure machine of the core's loop.
#pragma once

#include <cstddef>
#include <optional>

#include "base/time.h"

namespace paddock::runtime {

class Drain {
 public:
  /// Over `over`, in steps from `now` on; at once if that is 0.
  void begin(Duration over, MonotonicTime now) {
    steps_left_ = over == Duration{0} ? 1 : kSteps;
    every_ = over / static_cast<std::int64_t>(steps_left_);
    next_ = now;
  }
  [[nodiscard]] bool is_under_way() const { return steps_left_ > 0; }
  /// A step that is due: one in so many of the clients that are left goes now.
  [[nodiscard]] std::optional<std::size_t> take_step(MonotonicTime now) {
    if (steps_left_ == 0 || now < next_) return std::nullopt;
    next_ = next_ + every_;
    return steps_left_--;
  }
  /// Nobody is left.
  void finish() { steps_left_ = 0; }
  [[nodiscard]] MonotonicTime next_time() const {
    return steps_left_ == 0 ? MonotonicTime{Duration::max()} : next_;
  }

 private:
  static constexpr std::size_t kSteps = 40;

  std::size_t steps_left_ = 0;
  Duration every_{0};
  MonotonicTime next_;
};

}  // namespace paddock::runtime
