// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "kube/time_text.h"
#include "objects/budgets.h"
#include "objects/object.h"
#include "objects/pod_template.h"

namespace paddock::objects {
namespace {

/// What the pods are made from, as it stands, with another label and claim number.
json::value kept_template(const json::value& current, const plan::ApplyWorkload& action) {
  const json::value* const found = kube::find(current, {"spec", "template"});
  json::value kept = found == nullptr ? json::value(json::object()) : *found;
  if (!kept.is_object()) return kept;
  json::value& metadata = kept.get_object()["metadata"];
  if (!metadata.is_object()) metadata.emplace_object();
  metadata.get_object().erase("creationTimestamp");
  json::value& labels = metadata.get_object()["labels"];
  if (!labels.is_object()) labels.emplace_object();
  if (action.labels_voter) {
    labels.get_object()[kVoterLabel] = "true";
  } else {
    labels.get_object().erase(kVoterLabel);
  }
  return kept;
}

/// The claim that its template mounts.
bool mounts_claim(const json::value& current, const plan::ApplyWorkload& action) {
  return kube::text_at(current,
                       {"spec", "template", "metadata", "annotations", kClaimAnnotation}) ==
         fmt::to_string(raw(action.claim));
}

json::value template_of(const Site& site,
                        const plan::ApplyWorkload& action,
                        const json::value* current) {
  const bool is_wanted = action.makes == api::voter_template(site.spec, site.wishes);
  if (!is_wanted && current != nullptr && mounts_claim(*current, action)) {
    return kept_template(*current, action);
  }
  return pod_template(
      site,
      action.makes,
      VoterPod{.id = action.member, .claim = action.claim, .labels_voter = action.labels_voter});
}

}  // namespace

Objects build(const Site& site, const plan::ApplyWorkload& action, const json::value* current) {
  json::object object =
      new_object(site, "apps/v1", "StatefulSet", workload_name(site.ensemble, action.member));
  label(object, kMemberLabel, fmt::to_string(raw(action.member)));
  label(object, kRoleLabel, "voter");
  object["spec"] = {{"replicas", action.runs ? 1 : 0},
                    {"serviceName", members_service_name(site.ensemble)},
                    {"podManagementPolicy", "Parallel"},
                    {"revisionHistoryLimit", 2},
                    // When a pod goes is decided by the planner alone.
                    {"updateStrategy", {{"type", "OnDelete"}}},
                    {"selector", {{"matchLabels", workload_selector(site, action.member)}}},
                    {"template", template_of(site, action, current)}};
  expect(object, action.expected);
  return {std::move(object)};
}

Objects build(const Site& site, const plan::ApplyObservers& action) {
  json::object object = new_object(site, "apps/v1", "StatefulSet", observers_name(site.ensemble));
  label(object, kRoleLabel, "observer");
  annotate(object, kChangedAnnotation, kube::time_text(site.now));
  object["spec"] = {{"replicas", action.replicas},
                    {"serviceName", members_service_name(site.ensemble)},
                    {"podManagementPolicy", "Parallel"},
                    {"revisionHistoryLimit", 2},
                    {"updateStrategy", {{"type", "RollingUpdate"}}},
                    {"selector", {{"matchLabels", workload_selector(site, std::nullopt)}}},
                    {"template", pod_template(site, action.makes, std::nullopt)}};
  expect(object, action.expected);
  Objects objects{std::move(object)};
  if (action.replicas > 1) objects.emplace_back(observers_budget(site));
  return objects;
}

json::value voter_label_patch(const plan::LabelVoter& action) {
  json::object labels{{kVoterLabel, nullptr}};
  if (action.is_voter) labels[kVoterLabel] = "true";
  return {{"metadata",
           {{"uid", action.pod.uid},
            {"resourceVersion", action.pod.resource_version},
            {"labels", std::move(labels)}}}};
}

}  // namespace paddock::objects
