// SPDX-License-Identifier: Apache-2.0
//
// The status is one intent of a field manager of its own, and conditional: a latch that an old
// sight does not have must not be taken back by it.
#include <fmt/format.h>

#include "control/calls.h"

namespace paddock::control {
namespace {

constexpr std::string_view kStatusManager = "paddock-operator-status";

json::value intent_of(const Scene& scene,
                      const std::string& ensemble_id,
                      std::int32_t bootstrap_voters) {
  api::EnsembleStatus status = scene.plan.status;
  status.ensemble_id = ensemble_id;
  resource::StatusContext context{.bootstrap_voters = bootstrap_voters,
                                  .observers_ready = status.observers,
                                  .version = {},
                                  .client_endpoint = objects::client_endpoint(scene.site),
                                  .now = scene.site.now};
  for (const api::MemberStatus& member : status.members) {
    if (member.version > context.version) context.version = member.version;
  }
  return resource::status_intent(scene.object, status, context);
}

/// All that is in `part` is in `whole`; what is empty may be missing there.
bool contains(const json::value* whole, const json::value& part) {
  if (const json::object* const members = part.if_object()) {
    for (const auto& [name, value] : *members) {
      if (!contains(whole == nullptr ? nullptr : kube::find(*whole, {name}), value)) return false;
    }
    return whole != nullptr || members->empty();
  }
  if (const json::array* const elements = part.if_array()) {
    const json::array* const others = whole == nullptr ? nullptr : whole->if_array();
    if (others == nullptr) return elements->empty();
    if (others->size() != elements->size()) return false;
    for (std::size_t i = 0; i < elements->size(); ++i) {
      if (!contains(&(*others)[i], (*elements)[i])) return false;
    }
    return true;
  }
  return whole != nullptr && *whole == part;
}

}  // namespace

Call status_call(const Scene& scene,
                 const std::string& ensemble_id,
                 std::int32_t bootstrap_voters) {
  json::value intent = intent_of(scene, ensemble_id, bootstrap_voters);
  json::value& metadata = intent.as_object()["metadata"];
  if (!metadata.is_object()) metadata.emplace_object();
  metadata.get_object()["resourceVersion"] = scene.ensemble.resource_version;
  return {.kind = Call::Kind::Write,
          .request =
              kube::apply(resource::ensembles(),
                          scene.ensemble.key,
                          intent,
                          {.field_manager = std::string(kStatusManager), .subresource = "status"})};
}

bool is_status_told(const Scene& scene) {
  const json::value intent =
      intent_of(scene, scene.ensemble.ensemble_id, scene.ensemble.bootstrap_voters);
  const json::value* const wanted = kube::find(intent, {"status"});
  if (wanted == nullptr) return true;
  return contains(kube::find(scene.object, {"status"}), *wanted);
}

}  // namespace paddock::control
