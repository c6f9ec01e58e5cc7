// SPDX-License-Identifier: Apache-2.0
#include "plan/status.h"

#include <fmt/format.h>

#include "base/assert.h"
#include "plan/rows.h"

namespace paddock::plan {
namespace {

using api::Condition;
using api::ConditionStatus;
using api::ConditionType;
using observe::Quorum;
using observe::Role;

std::string_view role_name(Role role) {
  switch (role) {
    case Role::Leader:
      return "Leader";
    case Role::Follower:
      return "Follower";
    case Role::Observer:
      return "Observer";
    case Role::Joining:
      return "Joining";
    case Role::Looking:
      return "Looking";
  }
  PADDOCK_UNREACHABLE();
}

ConditionStatus status_if(bool holds) {
  return holds ? ConditionStatus::True : ConditionStatus::False;
}

Condition ready(const Context& context) {
  const std::string counts = fmt::format(
      "{}/{} voters healthy", context.facts.healthy.size(), context.facts.voters.size());
  switch (context.facts.quorum) {
    case Quorum::Seen:
      return {ConditionType::Ready, ConditionStatus::True, "QuorumServes", counts};
    case Quorum::Lost:
      return {ConditionType::Ready, ConditionStatus::False, "NoQuorum", counts};
    case Quorum::Unknown:
      break;
  }
  return {ConditionType::Ready, ConditionStatus::Unknown, "TooFewAnswers", counts};
}

Condition degraded(const Context& context) {
  std::string ill;
  for (const ServerId id : context.facts.voters) {
    if (context.facts.healthy.contains(id)) continue;
    ill += fmt::format("{}{}", ill.empty() ? "" : ", ", name_of(id));
  }
  const bool is_one = !ill.empty() && context.facts.quorum == Quorum::Seen;
  return {ConditionType::Degraded,
          status_if(is_one),
          is_one ? "MembersNotHealthy" : "AllMembersHealthy",
          is_one ? ill + " not healthy" : ""};
}

/// Only says so: nothing is given up.
Condition stalled(const Context& context, const Next& next) {
  Condition condition{ConditionType::Stalled, ConditionStatus::False, "MakesProgress", ""};
  for (const ServerId id : context.wanted) {
    const observe::MemberView& member = context.member(id);
    if (!member.pod || member.pod->is_ready) continue;
    const std::int64_t since = context.observed.now.ms - member.pod->ready_changed.ms;
    if (since < milliseconds(context.desired.spec.rollout.health_timeout).count()) continue;
    condition.status = ConditionStatus::True;
    condition.reason = std::string(name_of(next.reason));
    condition.message = fmt::format("{} is not ready for {} s{}",
                                    name_of(id),
                                    since / 1000,
                                    member.pod->is_failing ? ": its container does not start" : "");
    break;
  }
  return condition;
}

bool is_at_rest(Reason reason) {
  return reason == Reason::Steady || reason == Reason::Hibernated || reason == Reason::Suspended;
}

std::vector<Condition> conditions_of(const Context& context, const Next& next) {
  const bool is_lost = next.reason == Reason::QuorumLost || next.reason == Reason::DataLoss;
  const auto reason = std::string(name_of(next.reason));
  return {ready(context),
          {ConditionType::Progressing, status_if(!is_at_rest(next.reason)), reason, next.text()},
          degraded(context),
          {ConditionType::QuorumLost,
           next.reason == Reason::QuorumUnknown ? ConditionStatus::Unknown : status_if(is_lost),
           reason,
           is_lost ? next.text() : ""},
          {ConditionType::DataLoss,
           status_if(next.reason == Reason::DataLoss),
           reason,
           next.reason == Reason::DataLoss ? next.text() : ""},
          stalled(context, next),
          {ConditionType::SpecValid,
           status_if(context.is_valid()),
           context.is_valid() ? "Accepted" : "SpecInvalid",
           context.desired.problems},
          {ConditionType::Suspended, status_if(next.reason == Reason::Suspended), reason, ""}};
}

api::MemberStatus member_of(const Context& context, ServerId id) {
  const observe::MemberView& member = context.member(id);
  api::MemberStatus status{.id = raw(id)};
  status.state = context.facts.healthy.contains(id) ? "Serving" : "NotServing";
  if (member.report.is_known()) {
    status.role = role_name(member.report.value().role);
    status.version = member.report.value().version;
  } else {
    status.state = member.pod ? "Unknown" : "Missing";
  }
  status.is_up_to_date = member.pod && !restart_reason(context, id);
  status.is_safe_to_stop = context.facts.voters.size() > 1 && context.why_not_stop(id).empty();
  return status;
}

}  // namespace

api::EnsembleStatus status_of(const Context& context, const Next& next) {
  api::EnsembleStatus status;
  status.ensemble_id = context.ensemble_id();
  status.phase = name_of(next.reason);
  if (context.facts.leader) status.leader = raw(*context.facts.leader);
  status.voters = static_cast<std::int32_t>(context.facts.voters.size());
  status.healthy = static_cast<std::int32_t>(context.facts.healthy.size());
  if (context.observed.observers) status.observers = context.observed.observers->ready;
  for (const ServerId id : context.wanted) status.members.push_back(member_of(context, id));
  status.conditions = conditions_of(context, next);
  return status;
}

}  // namespace paddock::plan
