// SPDX-License-Identifier: Apache-2.0
//
// The line on standard error that says once a second how a run goes.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/time.h"

namespace paddock::bench {

class Progress {
 public:
  /// `unit` as in "812345 answers/s". Quiet: prints nothing.
  Progress(std::string_view unit, bool quiet, MonotonicTime now);

  /// Prints if a second has passed since the last line. `done` counts up over the whole run.
  void tick(MonotonicTime now, std::uint64_t done, std::uint64_t errors);

 private:
  std::string_view unit_;
  bool quiet_;
  MonotonicTime started_;
  MonotonicTime last_;
  std::uint64_t last_done_ = 0;
};

}  // namespace paddock::bench
