// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "kube/time_text.h"
#include "model/quorum.h"
#include "resource/ensemble.h"

namespace paddock::resource {
namespace {

/// When the condition last changed its status: as it was, or now.
std::string transition_time(const json::value& before, const api::Condition& now, WallTime at) {
  const json::value* const conditions = kube::find(before, {"status", "conditions"});
  if (conditions != nullptr && conditions->is_array()) {
    for (const json::value& was : conditions->get_array()) {
      const bool is_same = kube::text_at(was, {"type"}) == name_of(now.type) &&
                           kube::text_at(was, {"status"}) == name_of(now.status);
      const std::string_view time = kube::text_at(was, {"lastTransitionTime"});
      if (is_same && !time.empty()) return std::string(time);
    }
  }
  return kube::time_text(at);
}

json::array conditions_of(const json::value& before,
                          const api::EnsembleStatus& status,
                          const StatusContext& context) {
  const auto generation = kube::number_at(before, {"metadata", "generation"}).value_or(0);
  json::array result;
  for (const api::Condition& condition : status.conditions) {
    result.push_back({{"type", name_of(condition.type)},
                      {"status", name_of(condition.status)},
                      {"reason", condition.reason},
                      {"message", condition.message},
                      {"lastTransitionTime", transition_time(before, condition, context.now)},
                      {"observedGeneration", generation}});
  }
  return result;
}

json::array members_of(const api::EnsembleStatus& status) {
  json::array result;
  for (const api::MemberStatus& member : status.members) {
    result.push_back({{"id", member.id},
                      {"role", member.role},
                      {"state", member.state},
                      {"version", member.version},
                      {"upToDate", member.is_up_to_date},
                      {"safeToStop", member.is_safe_to_stop}});
  }
  return result;
}

json::object observers_of(const std::string& name,
                          const api::EnsembleStatus& status,
                          const StatusContext& context) {
  return {{"replicas", status.observers},
          {"ready", context.observers_ready},
          {"selector", fmt::format("paddock.io/ensemble={},paddock.io/role=observer", name)}};
}

}  // namespace

json::value status_intent(const json::value& before,
                          const api::EnsembleStatus& status,
                          const StatusContext& context) {
  const kube::ObjectKey key = kube::key_of(before);
  json::object result{
      {"observedGeneration", kube::number_at(before, {"metadata", "generation"}).value_or(0)},
      {"phase", status.phase},
      {"clientEndpoint", context.client_endpoint},
      {"quorum",
       {{"voters", status.voters},
        {"healthy", status.healthy},
        {"needed", model::majority_of(static_cast<std::size_t>(std::max(status.voters, 0)))}}},
      {"observers", observers_of(key.name, status, context)},
      {"version", {{"current", context.version}}},
      {"members", members_of(status)},
      {"conditions", conditions_of(before, status, context)}};
  if (!status.ensemble_id.empty()) result["ensembleId"] = status.ensemble_id;
  if (context.bootstrap_voters > 0) result["bootstrapVoters"] = context.bootstrap_voters;
  if (status.leader) result["leader"] = *status.leader;
  return {{"apiVersion", kube::api_version(ensembles())},
          {"kind", ensembles().kind},
          {"metadata", {{"name", key.name}, {"namespace", key.ns}}},
          {"status", std::move(result)}};
}

}  // namespace paddock::resource
