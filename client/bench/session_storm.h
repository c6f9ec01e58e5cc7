// SPDX-License-Identifier: Apache-2.0
//
// `paddock bench sessions`: how many sessions a second a server makes, or re-attaches. A round
// opens all sessions and keeps them; between rounds they are ended (new) or their sockets dropped
// (re-attach), which is not measured. One thread.
#pragma once

#include "bench/options.h"
#include "bench/report.h"

namespace paddock::bench {

[[nodiscard]] Result<Report> run_storm(const CommonOptions& common, const StormOptions& storm);

}  // namespace paddock::bench
