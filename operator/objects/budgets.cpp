// SPDX-License-Identifier: Apache-2.0
#include "objects/budgets.h"

#include "objects/object.h"

namespace paddock::objects {
namespace {

json::object budget(const Site& site, std::string_view name, json::object spec) {
  json::object object = new_object(site, site.cluster.budget_api, "PodDisruptionBudget", name);
  // A pod that is not ready protects nobody. Older versions of the kind have no such field.
  if (site.cluster.budget_api == "policy/v1") spec["unhealthyPodEvictionPolicy"] = "AlwaysAllow";
  object["spec"] = std::move(spec);
  return object;
}

}  // namespace

json::object observers_budget(const Site& site) {
  json::object labels = pod_selector(site);
  labels[kRoleLabel] = "observer";
  json::object object = budget(site,
                               observers_budget_name(site.ensemble),
                               {{"maxUnavailable", 1}, {"selector", {{"matchLabels", labels}}}});
  seal(object);
  return object;
}

Objects build(const Site& site, const plan::ApplyBudget& action) {
  if (action.available_min == 0) return {};
  json::object labels = pod_selector(site);
  labels[kVoterLabel] = "true";
  // An absolute number: the controller would count the pods that are there, not those that should.
  json::object object =
      budget(site,
             voters_budget_name(site.ensemble),
             {{"minAvailable", action.available_min}, {"selector", {{"matchLabels", labels}}}});
  seal(object);
  expect(object, action.expected);
  return {std::move(object)};
}

}  // namespace paddock::objects
