// SPDX-License-Identifier: Apache-2.0
//
// `paddock bench run` and `stall`: prepares znodes, loads the server from one or more threads,
// clears the znodes away, and reports. Called on the main thread.
#pragma once

#include "bench/options.h"
#include "bench/report.h"

namespace paddock::bench {

[[nodiscard]] Result<Report> run_load(const CommonOptions& common, const LoadOptions& load);

}  // namespace paddock::bench
