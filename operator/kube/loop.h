// SPDX-License-Identifier: Apache-2.0
//
// The seam to the clocks: what happens later, on the thread that everything here lives on.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "base/time.h"

namespace paddock::kube {

/// Nothing is called once it is destroyed.
class Timer {
 public:
  Timer() = default;
  virtual ~Timer() = default;
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  /// In place of the time that was set before. Nothing: never.
  virtual void set(std::optional<MonotonicTime> at) = 0;
};

class Loop {
 public:
  Loop() = default;
  virtual ~Loop() = default;
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  [[nodiscard]] virtual Now now() const = 0;
  [[nodiscard]] virtual std::unique_ptr<Timer> make_timer(std::function<void()> on_time) = 0;
};

}  // namespace paddock::kube
