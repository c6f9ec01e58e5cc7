// SPDX-License-Identifier: Apache-2.0
//
// New voters begin as learners, on new disks and under ids that no disk remembers; what makes them
// voters is reconfig.cpp. Their workloads are made by repair.cpp: a wanted member without one.
#include "plan/rows.h"

namespace paddock::plan {

namespace {

std::optional<Step> wait_for_learners(const Context& context) {
  for (const ServerId id : context.wanted) {
    if (context.is_voter(id)) continue;
    return wait(Reason::ScaleUp, id, name_of(id) + " is not in step, or not for long enough");
  }
  return std::nullopt;
}

}  // namespace

std::optional<Step> scale_up(const Context& context) {
  if (!context.is_valid()) return std::nullopt;
  if (context.wanted.size() >= context.voters_wanted()) return wait_for_learners(context);
  std::size_t missing = context.voters_wanted() - context.wanted.size();
  Step step{
      .next = {.reason = Reason::ScaleUp, .member = {}, .action = "make disks for new voters"}};
  for (std::int32_t number = 1; number <= model::kVoterIdMax && missing > 0; ++number) {
    const ServerId id{number};
    if (context.observed.members.contains(id)) continue;
    step.harmless.emplace_back(new_claim(context, id));
    --missing;
  }
  if (step.harmless.empty())
    return wait(Reason::NoIdLeft, std::nullopt, "claims of earlier members");
  return step;
}

}  // namespace paddock::plan
