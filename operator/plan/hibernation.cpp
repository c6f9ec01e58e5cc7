// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "plan/rows.h"

namespace paddock::plan {
namespace {

using observe::MemberView;

bool is_wanted_asleep(const Context& context) {
  return context.desired.spec.desired_state == api::DesiredState::Hibernated;
}

Zxid last_zxid(const MemberView& member) {
  return member.report.is_known() ? member.report.value().last_zxid : Zxid{};
}

/// Those that are furthest back first, the leader last.
std::optional<ServerId> next_to_stop(const Context& context) {
  std::optional<ServerId> chosen;
  const auto rank = [&](ServerId id) {
    return std::pair{context.facts.leader == id, last_zxid(context.member(id))};
  };
  for (const auto& [id, member] : context.observed.members) {
    if (!member.workload || !member.workload->runs) continue;
    if (!chosen || rank(id) < rank(*chosen)) chosen = id;
  }
  return chosen;
}

}  // namespace

std::optional<Step> wake(const Context& context) {
  if (!context.is_valid() || is_wanted_asleep(context)) return std::nullopt;
  Step step{.next = {.reason = Reason::Waking, .member = {}, .action = "start all members"}};
  for (const auto& [id, member] : context.observed.members) {
    if (!member.workload || member.workload->runs || member.workload->is_terminating) continue;
    ApplyWorkload workload = same_workload(id, *member.workload);
    workload.runs = true;
    step.harmless.emplace_back(std::move(workload));
  }
  if (step.harmless.empty()) return std::nullopt;
  return step;
}

std::optional<Step> hibernate(const Context& context) {
  const bool is_begun = !context.ensemble_id().empty();
  if (!context.is_valid() || !is_wanted_asleep(context) || !is_begun) return std::nullopt;
  for (const auto& [id, member] : context.observed.members) {
    const bool is_ending = member.workload && !member.workload->runs && member.pod;
    if (is_ending) return wait(Reason::Hibernating, id, name_of(id) + " has not ended yet");
  }
  const std::optional<ServerId> id = next_to_stop(context);
  if (!id) return wait(Reason::Hibernated, std::nullopt, "");
  ApplyWorkload workload = same_workload(*id, *context.member(*id).workload);
  workload.runs = false;
  return act(Reason::Hibernating, *id, ChangeWorkload{std::move(workload)});
}

}  // namespace paddock::plan
