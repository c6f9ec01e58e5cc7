// SPDX-License-Identifier: Apache-2.0
//
// Disks that no member uses any more are marked, and deleted if the user wants that: last of all,
// with everything healthy, one at a time.
#include "plan/rows.h"

namespace paddock::plan {
namespace {

using observe::ClaimView;
using observe::MemberView;

bool is_unused(const Context& context, ServerId id, const ClaimView& claim) {
  const MemberView& member = context.member(id);
  if (claim.is_terminating || (member.pod && member.pod->claim == claim.generation)) return false;
  if (!context.wanted.contains(id)) return !member.workload;
  // A wanted member's other disks, once it is well with the one that it has.
  return member.workload && member.workload->claim != claim.generation &&
         context.facts.stable.contains(id);
}

bool are_all_well(const Context& context) {
  return context.facts.is_settled && context.facts.stable.size() == context.facts.voters.size();
}

}  // namespace

std::optional<Step> retire(const Context& context) {
  if (!context.is_valid() || !are_all_well(context)) return std::nullopt;
  const bool deletes = context.desired.spec.storage.when_scaled == api::RetentionPolicy::Delete;
  for (const auto& [id, member] : context.observed.members) {
    for (const ClaimView& claim : member.claims) {
      if (!is_unused(context, id, claim)) continue;
      if (!claim.is_retired) {
        ApplyClaim retired = same_claim(id, claim);
        retired.is_retired = true;
        return act(Reason::RetireData, id, Harmless{std::move(retired)});
      }
      if (!deletes) continue;
      return act(Reason::RetireData,
                 id,
                 DeleteClaim{.member = id, .generation = claim.generation, .claim = claim.object});
    }
  }
  return std::nullopt;
}

}  // namespace paddock::plan
