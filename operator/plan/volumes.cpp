// SPDX-License-Identifier: Apache-2.0
//
// Volumes grow when the claim asks for more; where the file system grows only at the next start,
// that restart is the rollout's.
#include "model/quantity.h"
#include "plan/rows.h"

namespace paddock::plan {

std::optional<Step> volumes(const Context& context) {
  if (!context.is_valid()) return std::nullopt;
  const auto size = model::parse_bytes(context.desired.spec.storage.data.size);
  Step step{.next = {.reason = Reason::VolumeExpansion, .member = {}, .action = "enlarge claims"}};
  for (const ServerId id : context.wanted) {
    const observe::ClaimView* const claim = usable_claim(context.member(id));
    if (claim == nullptr || !size || claim->size >= *size) continue;
    ApplyClaim larger = same_claim(id, *claim);
    larger.size = *size;
    step.harmless.emplace_back(std::move(larger));
  }
  if (step.harmless.empty()) return std::nullopt;
  return step;
}

}  // namespace paddock::plan
