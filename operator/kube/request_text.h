// SPDX-License-Identifier: Apache-2.0
//
// A request as it goes over the wire. Pure. Source: RFC 9112.
#pragma once

#include <string>

#include "kube/credentials.h"
#include "kube/kubeconfig.h"
#include "kube/request.h"

namespace paddock::kube {

[[nodiscard]] std::string request_text(const Request& request,
                                       const ClusterAccess& access,
                                       const Credentials& credentials,
                                       const std::string& user_agent);

}  // namespace paddock::kube
