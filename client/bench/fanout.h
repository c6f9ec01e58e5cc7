// SPDX-License-Identifier: Apache-2.0
//
// `paddock bench fanout`: many sessions watch one znode, it is set, and the time from sending the
// set until the first, the median and the last watcher is told is measured. One thread.
#pragma once

#include "bench/options.h"
#include "bench/report.h"

namespace paddock::bench {

[[nodiscard]] Result<Report> run_fanout(const CommonOptions& common, const FanoutOptions& fanout);

}  // namespace paddock::bench
