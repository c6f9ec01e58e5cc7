// SPDX-License-Identifier: Apache-2.0
#include "kube/lease.h"

#include <algorithm>

namespace paddock::kube {

namespace {

// The API's own limits would allow times that do not fit into ours.
constexpr std::int64_t kDurationMax = 86400;
constexpr std::int64_t kTransitionsMax = 1'000'000'000;

std::int64_t bounded(std::optional<std::int64_t> number, std::int64_t max) {
  return std::clamp(number.value_or(0), std::int64_t{0}, max);
}

}  // namespace

Resource lease_resource() {
  return {.group = "coordination.k8s.io", .version = "v1", .plural = "leases", .kind = "Lease"};
}

Result<Lease> parse_lease(const json::value& object) {
  Lease lease{
      .holder = std::string(text_at(object, {"spec", "holderIdentity"})),
      .duration =
          seconds(bounded(number_at(object, {"spec", "leaseDurationSeconds"}), kDurationMax)),
      .acquire_time = std::string(text_at(object, {"spec", "acquireTime"})),
      .renew_time = std::string(text_at(object, {"spec", "renewTime"})),
      .transitions = bounded(number_at(object, {"spec", "leaseTransitions"}), kTransitionsMax),
      .resource_version = std::string(resource_version_of(object))};
  if (lease.resource_version.empty()) return fail("a Lease without a resourceVersion");
  return lease;
}

json::value lease_object(const Lease& lease, const ObjectKey& key, json::value known) {
  json::object object = known.is_object() ? std::move(known.get_object()) : json::object();
  object["apiVersion"] = api_version(lease_resource());
  object["kind"] = lease_resource().kind;
  json::value& metadata = object["metadata"];
  if (!metadata.is_object()) metadata = json::object();
  metadata.get_object()["name"] = key.name;
  metadata.get_object()["namespace"] = key.ns;
  if (!lease.resource_version.empty()) {
    metadata.get_object()["resourceVersion"] = lease.resource_version;
  }
  object["spec"] = {{"holderIdentity", lease.holder},
                    {"leaseDurationSeconds", lease.duration.count()},
                    {"acquireTime", lease.acquire_time},
                    {"renewTime", lease.renew_time},
                    {"leaseTransitions", lease.transitions}};
  return object;
}

}  // namespace paddock::kube
