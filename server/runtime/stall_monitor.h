// SPDX-License-Identifier: Apache-2.0
//
// How late the core's loop takes its turns: because a turn before took long, or because the whole
// process did not run (a virtual machine that stands still, a SIGSTOP, swapping). A pure machine of
// the core's thread. Source: ZooKeeper JvmPauseMonitor, which sees the latter only.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/time.h"

namespace paddock::runtime {

struct StallOptions {
  bool enabled = true;
  milliseconds info_threshold{1000};
  milliseconds warn_threshold{10000};
};

/// Stalls of a millisecond and more.
struct StallReport {
  std::int64_t count = 0;
  milliseconds sum{0};
  milliseconds min{0};
  milliseconds max{0};
};

class StallMonitor {
 public:
  enum class Verdict : std::uint8_t {
    Nothing,
    Info,
    Warn
  };

  explicit StallMonitor(StallOptions options) : options_(options) {}

  /// A turn came `late`; says whether that is worth a line in the log.
  [[nodiscard]] Verdict observe(Duration late) {
    if (!options_.enabled || late < milliseconds(1)) return Verdict::Nothing;
    last_ = std::chrono::duration_cast<milliseconds>(late);
    report_ = {.count = report_.count + 1,
               .sum = report_.sum + last_,
               .min = report_.count == 0 ? last_ : std::min(report_.min, last_),
               .max = std::max(report_.max, last_)};
    if (last_ >= options_.warn_threshold) return Verdict::Warn;
    return last_ >= options_.info_threshold ? Verdict::Info : Verdict::Nothing;
  }
  [[nodiscard]] milliseconds last() const { return last_; }
  [[nodiscard]] const StallReport& report() const { return report_; }

 private:
  StallOptions options_;
  StallReport report_;
  milliseconds last_{0};
};

}  // namespace paddock::runtime
