// SPDX-License-Identifier: Apache-2.0
//
// A Lease: who holds it, as somebody has written. Pure. Source: coordination.k8s.io/v1.
#pragma once

#include <string>

#include "base/error.h"
#include "base/time.h"
#include "kube/resource.h"

namespace paddock::kube {

[[nodiscard]] Resource lease_resource();

struct Lease {
  std::string holder{};  // empty: nobody
  seconds duration{};
  std::string acquire_time{};  // for people only: whose clock it was nobody knows
  std::string renew_time{};
  std::int64_t transitions = 0;
  std::string resource_version{};  // empty: it does not exist

  friend bool operator==(const Lease&, const Lease&) = default;
};

/// *Errors*: what the API server would not give out.
[[nodiscard]] Result<Lease> parse_lease(const json::value& object);

/// The object that says so; what `known` has besides (labels, owners) stays.
[[nodiscard]] json::value lease_object(const Lease& lease, const ObjectKey& key, json::value known);

}  // namespace paddock::kube
