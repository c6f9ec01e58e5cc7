// SPDX-License-Identifier: Apache-2.0
//
// The ensemble begins once: how many voters it has is latched before anything is made, no disk is
// allowed to be new before all of them are seen to be, and its id, which the first leader gives it,
// is written on each claim before it is latched. An id that is found anywhere means that it has
// begun.
#include <algorithm>
#include <set>
#include <string>

#include <fmt/format.h>

#include "plan/rows.h"

namespace paddock::plan {
namespace {

using observe::ClaimView;
using observe::MemberView;

std::set<std::string> ids_found(const Context& context) {
  std::set<std::string> ids;
  for (const auto& [id, member] : context.observed.members) {
    for (const ClaimView& claim : member.claims) {
      if (!claim.is_retired && !claim.ensemble_id.empty()) ids.insert(claim.ensemble_id);
    }
    if (member.report.is_known() && !member.report.value().is_empty()) {
      ids.insert(member.report.value().ensemble_id);
    }
  }
  return ids;
}

/// How many voters it was to begin with, if that was decided before.
std::int32_t voters_latched(const Context& context) {
  for (const auto& [id, member] : context.observed.members) {
    for (const ClaimView& claim : member.claims) {
      if (claim.bootstrap_voters > 0) return claim.bootstrap_voters;
    }
  }
  return context.observed.ensemble.bootstrap_voters;
}

/// Its id goes onto every claim, and then into the status.
Step finish(const Context& context, const std::string& ensemble_id) {
  Step step{.next = {.reason = Reason::Adopting,
                     .member = {},
                     .action = fmt::format("mark the disks of ensemble {}", ensemble_id)}};
  for (const auto& [id, member] : context.observed.members) {
    for (const ClaimView& claim : member.claims) {
      if (!is_usable(claim) || claim.ensemble_id == ensemble_id) continue;
      ApplyClaim marked = same_claim(id, claim);
      marked.ensemble_id = ensemble_id;
      step.harmless.emplace_back(std::move(marked));
    }
  }
  if (!step.harmless.empty()) return step;
  return act(
      Reason::Adopting,
      std::nullopt,
      LatchEnsemble{.ensemble_id = ensemble_id, .expected = context.observed.ensemble.object});
}

/// What is missing of one of the first voters.
std::optional<Harmless> make(const Context& context, ServerId id, std::int32_t voters) {
  const MemberView& member = context.member(id);
  const ClaimView* const claim = usable_claim(member);
  if (claim == nullptr) {
    ApplyClaim first = new_claim(context, id);
    first.bootstrap_voters = voters;
    return first;
  }
  if (member.workload || !template_for_new(context)) return std::nullopt;
  return new_workload(context, id, *claim);
}

Step begin(const Context& context, std::int32_t voters) {
  Step step{.next = {.reason = Reason::Bootstrap, .member = {}, .action = "make the first voters"}};
  std::vector<Harmless> grants;
  for (std::int32_t number = 1; number <= voters; ++number) {
    const ServerId id{number};
    if (auto made = make(context, id, voters)) step.harmless.push_back(*std::move(made));
    const auto& report = context.member(id).report;
    if (report.is_known()) grants.emplace_back(GrantInitialize{id, voters, report.value().disk_id});
  }
  if (!step.harmless.empty()) return step;
  for (std::int32_t number = 1; number <= voters; ++number) {
    if (auto mended = mend(context, ServerId{number})) return *std::move(mended);
  }
  if (grants.size() == static_cast<std::size_t>(voters)) {
    step.next.action = "let the empty disks begin";
    step.harmless = std::move(grants);
    return step;
  }
  return wait(Reason::Bootstrap, std::nullopt, "not all of the first voters answer yet");
}

}  // namespace

std::optional<Step> bootstrap(const Context& context) {
  if (!context.ensemble_id().empty()) return std::nullopt;
  const std::set<std::string> ids = ids_found(context);
  if (ids.size() > 1) {
    return wait(Reason::ForeignData, std::nullopt, fmt::format("{} ensembles", ids.size()));
  }
  if (!ids.empty()) return finish(context, *ids.begin());
  const std::int32_t voters = voters_latched(context);
  if (voters > 0) return begin(context, voters);
  if (!context.is_valid()) return wait(Reason::Bootstrap, std::nullopt, context.desired.problems);
  return act(Reason::Bootstrap,
             std::nullopt,
             LatchBootstrap{.voters = context.desired.spec.voters.replicas,
                            .expected = context.observed.ensemble.object});
}

}  // namespace paddock::plan
