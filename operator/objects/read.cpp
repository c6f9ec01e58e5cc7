// SPDX-License-Identifier: Apache-2.0
#include "objects/read.h"

#include <algorithm>
#include <array>

#include "base/number_text.h"
#include "kube/time_text.h"
#include "objects/pod_template.h"

namespace paddock::objects {
namespace {

std::int32_t number_of(std::string_view text) {
  return parse_number<std::int32_t>(text).value_or(0);
}

std::string_view annotation(const json::value& object, std::string_view name) {
  return kube::text_at(object, {"metadata", "annotations", name});
}

std::int32_t annotated_number(const json::value& object, std::string_view name) {
  return number_of(annotation(object, name));
}

std::int32_t number_at(const json::value& object, kube::Path path, std::int32_t by_default = 0) {
  return static_cast<std::int32_t>(kube::number_at(object, path).value_or(by_default));
}

WallTime time_of(std::string_view text) {
  return kube::parse_time(text).value_or(WallTime{});
}

model::ObjectVersion version_of(const json::value& object) {
  return {.uid = std::string(kube::uid_of(object)),
          .resource_version = std::string(kube::resource_version_of(object))};
}

/// Null if there is no such condition.
const json::value* condition(const json::value& object, std::string_view type) {
  const json::value* const all = kube::find(object, {"status", "conditions"});
  if (all == nullptr || !all->is_array()) return nullptr;
  const auto found = std::ranges::find_if(all->get_array(), [&](const json::value& one) {
    return kube::text_at(one, {"type"}) == type;
  });
  return found == all->get_array().end() ? nullptr : &*found;
}

bool is_true(const json::value* condition) {
  return condition != nullptr && kube::text_at(*condition, {"status"}) == "True";
}

bool waits_in_vain(const json::value& container) {
  constexpr std::array<std::string_view, 6> kReasons{"CrashLoopBackOff",
                                                     "ImagePullBackOff",
                                                     "ErrImagePull",
                                                     "InvalidImageName",
                                                     "CreateContainerConfigError",
                                                     "CreateContainerError"};
  const std::string_view reason = kube::text_at(container, {"state", "waiting", "reason"});
  return std::ranges::find(kReasons, reason) != kReasons.end();
}

bool is_failing(const json::value& pod) {
  for (const std::string_view list : {"containerStatuses", "initContainerStatuses"}) {
    const json::value* const containers = kube::find(pod, {"status", list});
    if (containers == nullptr || !containers->is_array()) continue;
    if (std::ranges::any_of(containers->get_array(), waits_in_vain)) return true;
  }
  return kube::text_at(pod, {"status", "phase"}) == "Failed";
}

std::optional<WallTime> unschedulable_since(const json::value& pod) {
  const json::value* const scheduled = condition(pod, "PodScheduled");
  if (scheduled == nullptr || kube::text_at(*scheduled, {"status"}) != "False") return std::nullopt;
  return time_of(kube::text_at(*scheduled, {"lastTransitionTime"}));
}

const json::value& metadata_of(const json::value& object, kube::Path path) {
  static const json::value kNone;
  const json::value* const found = kube::find(object, path);
  return found == nullptr ? kNone : *found;
}

api::MemberTemplate template_of(const json::value& stateful_set) {
  return read_template(metadata_of(stateful_set, {"spec", "template", "metadata"}));
}

}  // namespace

observe::PodView read_pod(const json::value& pod) {
  const json::value* const ready = condition(pod, "Ready");
  const std::string_view changed =
      ready == nullptr ? std::string_view() : kube::text_at(*ready, {"lastTransitionTime"});
  return {.object = version_of(pod),
          .made_from = read_template(metadata_of(pod, {"metadata"})),
          .claim = model::Generation{annotated_number(pod, kClaimAnnotation)},
          .is_ready = is_true(ready),
          .ready_changed = time_of(changed),
          .created = time_of(kube::text_at(pod, {"metadata", "creationTimestamp"})),
          .is_terminating = kube::is_being_deleted(pod),
          .is_failing = is_failing(pod),
          .unschedulable_since = unschedulable_since(pod),
          .has_voter_label = kube::label_of(pod, kVoterLabel) == "true"};
}

bool is_data_claim(const json::value& claim) {
  return kube::label_of(claim, "paddock.io/volume") == "data";
}

observe::ClaimView read_claim(const json::value& claim) {
  const std::string_view size = kube::text_at(claim, {"spec", "resources", "requests", "storage"});
  return {.object = version_of(claim),
          .generation = model::Generation{annotated_number(claim, kClaimAnnotation)},
          .size = model::parse_bytes(size).value_or(model::ByteQuantity{}),
          .is_lost = kube::text_at(claim, {"status", "phase"}) == "Lost",
          .is_terminating = kube::is_being_deleted(claim),
          .waits_for_restart = is_true(condition(claim, "FileSystemResizePending")),
          .is_retired = kube::label_of(claim, kRetiredLabel) == "true",
          .ensemble_id = std::string(annotation(claim, kEnsembleIdAnnotation)),
          .bootstrap_voters = annotated_number(claim, kBootstrapVotersAnnotation)};
}

observe::WorkloadView read_workload(const json::value& stateful_set) {
  const json::value& metadata = metadata_of(stateful_set, {"spec", "template", "metadata"});
  return {
      .object = version_of(stateful_set),
      .makes = template_of(stateful_set),
      .claim =
          model::Generation{number_of(kube::text_at(metadata, {"annotations", kClaimAnnotation}))},
      .runs = number_at(stateful_set, {"spec", "replicas"}, 1) > 0,
      .labels_voter = kube::text_at(metadata, {"labels", kVoterLabel}) == "true",
      .is_terminating = kube::is_being_deleted(stateful_set)};
}

observe::ObserversView read_observers(const json::value& stateful_set) {
  const std::int32_t ready = number_at(stateful_set, {"status", "readyReplicas"});
  const std::int32_t updated = number_at(stateful_set, {"status", "updatedReplicas"});
  const std::int32_t replicas = number_at(stateful_set, {"spec", "replicas"}, 1);
  // How many of those that are made anew are ready nobody says; at the least so many.
  const std::int32_t old = std::max(number_at(stateful_set, {"status", "replicas"}) - updated, 0);
  return {.object = version_of(stateful_set),
          .makes = template_of(stateful_set),
          .replicas = replicas,
          .ready = ready,
          .updated = updated,
          .updated_ready = std::max(ready - old, 0),
          .changed = time_of(annotation(stateful_set, kChangedAnnotation))};
}

observe::BudgetView read_budget(const json::value& budget) {
  return {.object = version_of(budget),
          .available_min = number_at(budget, {"spec", "minAvailable"})};
}

observe::ConfigMapView read_configuration(const json::value& config_map) {
  return {.object = version_of(config_map),
          .reload_hash = std::string(annotation(config_map, kReloadHashAnnotation)),
          .applied = time_of(annotation(config_map, kChangedAnnotation))};
}

observe::ServicesView read_services(const json::value& service) {
  return {.object = version_of(service),
          .serve_clients = annotation(service, kServeClientsAnnotation) == "true"};
}

observe::CertificatesView read_certificates(const json::value& secret) {
  observe::CertificatesView view{.object = version_of(secret),
                                 .trusted = {},
                                 .signer = annotated_number(secret, kSignerAnnotation)};
  std::string_view rest = annotation(secret, kTrustedAnnotation);
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    if (const std::int32_t number = number_of(rest.substr(0, comma))) view.trusted.insert(number);
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
  }
  return view;
}

}  // namespace paddock::objects
