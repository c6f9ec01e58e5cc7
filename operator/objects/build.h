// SPDX-License-Identifier: Apache-2.0
//
// From what a plan asks for to the Kubernetes objects that say so. Each object is the whole intent
// of a server-side apply by kFieldManager, with apiVersion, kind, name and namespace. The first one
// of each list is what the action's view is read from (read.h): it carries uid and resourceVersion
// of `expected`, so that an apply is refused if somebody was faster. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "objects/site.h"
#include "plan/action.h"
#include "resource/ensemble.h"

namespace paddock::objects {

namespace json = boost::json;

using Objects = std::vector<json::value>;

/// client, members, admin, and one for each voter outside if wanted.
[[nodiscard]] Objects build(const Site& site, const plan::ApplyServices& action);
/// The ConfigMap with zoo.cfg.
[[nodiscard]] Objects build(const Site& site, const plan::ApplyConfiguration& action);
/// None if nothing is to be available: the budget is to be deleted then.
[[nodiscard]] Objects build(const Site& site, const plan::ApplyBudget& action);
/// The StatefulSet and, from two observers on, a budget.
[[nodiscard]] Objects build(const Site& site, const plan::ApplyObservers& action);
/// The claim for data and, if there is a volume for it, that for the log.
[[nodiscard]] Objects build(const Site& site, const plan::ApplyClaim& action);
/// `current`: the StatefulSet as it is; nullptr if there is none. Needed where an action keeps a
/// template that is not the one the spec asks for.
[[nodiscard]] Objects build(const Site& site,
                            const plan::ApplyWorkload& action,
                            const json::value* current);
/// What follows from the spec alone, whatever the plan is: services, zoo.cfg, network policy,
/// monitor, and cert-manager's certificates. To be applied in every round where applied_hash_of()
/// of what is there differs, before the plan's actions: a plan asks for the first two only when
/// what it looks at has changed. `serve_clients`: as in the view of the services.
[[nodiscard]] Objects build_standing(const Site& site, bool serve_clients);
/// Of everything in an object that was built here; empty for an object of anybody else.
[[nodiscard]] std::string_view applied_hash_of(const json::value& object);

/// Objects that a setting which was taken back may have left; deleting those that are not there
/// does nothing.
struct Unwanted {
  kube::Resource resource;
  kube::ObjectKey key;
};
[[nodiscard]] std::vector<Unwanted> unwanted(const Site& site);

/// A merge patch for a pod.
[[nodiscard]] json::value voter_label_patch(const plan::LabelVoter& action);

/// The lines of zoo.cfg.
[[nodiscard]] std::string zoo_cfg(const Site& site, std::string_view reload_hash);

}  // namespace paddock::objects
