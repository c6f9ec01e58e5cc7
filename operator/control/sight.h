// SPDX-License-Identifier: Apache-2.0
//
// From the objects that the cache has to what the planner sees; what the servers say is added by
// who asks them. Pure.
#pragma once

#include "control/cache.h"
#include "observe/observed.h"
#include "resource/ensemble.h"

namespace paddock::control {

[[nodiscard]] observe::Observed see(const Cache& cache,
                                    const resource::Ensemble& ensemble,
                                    WallTime now);

}  // namespace paddock::control
