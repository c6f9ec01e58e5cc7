// SPDX-License-Identifier: Apache-2.0
//
// What the core knows of the ensemble, for the reports. On the core's thread.
#pragma once

#include "admin/ensemble_report.h"
#include "config/server_config.h"
#include "replica/replica.h"

namespace paddock::runtime {

/// Of a member of an ensemble, or of one that wants to be one.
[[nodiscard]] admin::EnsembleReport ensemble_report(const replica::Replica& replica,
                                                    const config::ServerConfig& config,
                                                    MonotonicTime now);

}  // namespace paddock::runtime
