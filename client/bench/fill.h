// SPDX-License-Identifier: Apache-2.0
//
// `paddock bench fill`: creates many znodes as fast as the server takes them, in directories of
// equal size: <path>/d0000/n0000000. One session, one thread.
#pragma once

#include "bench/options.h"
#include "bench/report.h"

namespace paddock::bench {

[[nodiscard]] Result<Report> run_fill(const CommonOptions& common, const FillOptions& fill);

}  // namespace paddock::bench
