// SPDX-License-Identifier: Apache-2.0
//
// What a change of members leaves to be done. The servers put a change in force by themselves
// (joint consensus), and only when a majority says that it is in force do we touch what it left
// behind.
#include <fmt/format.h>

#include "model/quorum.h"
#include "plan/rows.h"

namespace paddock::plan {
namespace {

using observe::MemberView;

/// The disk of one that has left is marked first: from then on nobody takes it for a voter's.
std::optional<Step> put_disks_away(ServerId id, const MemberView& member) {
  Step step{.next = {.reason = Reason::MemberRemoved, .member = id, .action = "put its disk away"}};
  for (const observe::ClaimView& claim : member.claims) {
    if (claim.is_retired || claim.is_terminating) continue;
    ApplyClaim retired = same_claim(id, claim);
    retired.is_retired = true;
    step.harmless.emplace_back(std::move(retired));
  }
  if (step.harmless.empty()) return std::nullopt;
  return step;
}

/// Workloads of servers that are no members and are not to become any.
std::optional<Step> remove_leftover(const Context& context) {
  for (const auto& [id, member] : context.observed.members) {
    if (context.wanted.contains(id) || !member.workload || member.workload->is_terminating)
      continue;
    if (auto step = put_disks_away(id, member)) return step;
    return act(Reason::MemberRemoved,
               id,
               DeleteWorkload{.member = id, .workload = member.workload->object});
  }
  return std::nullopt;
}

/// The budget counts a voter before it votes: so no drain takes two while members change.
bool is_counted(const Context& context, ServerId id) {
  const MemberView& member = context.member(id);
  const auto needed = static_cast<std::int32_t>(context.facts.voters.size());
  return member.pod && member.pod->has_voter_label && context.observed.budget &&
         context.observed.budget->available_min >= needed;
}

std::optional<Step> promote(const Context& context) {
  const std::optional<ServerId> id = context.candidate();
  if (!id) return std::nullopt;
  const std::size_t voters = context.facts.voters.size();
  const std::size_t healthy = context.facts.healthy.size();
  if (!model::is_majority(healthy, voters) || !model::is_majority(healthy + 1, voters + 1)) {
    return wait(Reason::MemberJoins, id, "too few voters are healthy");
  }
  if (!is_counted(context, *id)) return wait(Reason::MemberJoins, id, "the disruption budget");
  return act(Reason::MemberJoins,
             id,
             Reconfigure{.member = *id,
                         .change = Reconfigure::Change::AddVoter,
                         .from_version = context.facts.configuration->version});
}

}  // namespace

std::optional<Step> reconfig(const Context& context) {
  if (!context.facts.is_settled) {
    return wait(Reason::ConfigurationPending, std::nullopt, "a majority that has it in force");
  }
  if (auto step = remove_leftover(context)) return step;
  return promote(context);
}

}  // namespace paddock::plan
