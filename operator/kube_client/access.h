// SPDX-License-Identifier: Apache-2.0
//
// Which cluster is meant: by a kubeconfig, or by being in a pod of it. Reads files and blocks; at
// start only.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "kube/kubeconfig.h"

namespace paddock::kube {

/// `files`: one, or several with colons in between; those that do not exist are left out, unless
/// all are. *Errors*: with the file's name.
[[nodiscard]] Result<ClusterAccess> load_kubeconfig(std::string_view files,
                                                    std::string_view context);

/// `directory`: of the service account. *Errors*: we are in no pod, or in one without an account.
[[nodiscard]] Result<ClusterAccess> load_in_cluster(std::string_view host,
                                                    std::string_view port,
                                                    const std::string& directory);

/// As kubectl and client-go do: `kubeconfig` if it is given, else $KUBECONFIG, else the pod's own
/// account, else ~/.kube/config.
[[nodiscard]] Result<ClusterAccess> load_access(std::string_view kubeconfig,
                                                std::string_view context);

}  // namespace paddock::kube
