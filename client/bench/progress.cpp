// SPDX-License-Identifier: Apache-2.0
#include "bench/progress.h"

#include <cstdio>

#include <fmt/format.h>

namespace paddock::bench {

Progress::Progress(std::string_view unit, bool quiet, MonotonicTime now)
    : unit_(unit), quiet_(quiet), started_(now), last_(now) {}

void Progress::tick(MonotonicTime now, std::uint64_t done, std::uint64_t errors) {
  if (quiet_ || now - last_ < seconds{1}) return;
  const double since_last = std::chrono::duration<double>(now - last_).count();
  const double since_start = std::chrono::duration<double>(now - started_).count();
  fmt::print(stderr,
             "{:6.1f} s  {:>10.0f} {}/s  {} in all  {} errors\n",
             since_start,
             static_cast<double>(done - last_done_) / since_last,
             unit_,
             done,
             errors);
  last_ = now;
  last_done_ = done;
}

}  // namespace paddock::bench
