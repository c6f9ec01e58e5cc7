// SPDX-License-Identifier: Apache-2.0
//
// The operator as a process: one thread that follows the cluster and acts, another for metrics and
// probes. Acts only while the Lease is its own; when that is lost the process ends, so that nothing
// half done goes on.
#pragma once

#include "kube/kubeconfig.h"
#include "manager/options.h"

namespace paddock::manager {

/// Until SIGTERM, SIGINT or the loss of the Lease. Returns the exit code.
[[nodiscard]] int run(const Options& options, kube::ClusterAccess access);

}  // namespace paddock::manager
