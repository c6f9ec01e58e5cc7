// SPDX-License-Identifier: Apache-2.0
#include "plan/context.h"

#include <algorithm>
#include <ranges>

#include <fmt/format.h>

#include "base/assert.h"
#include "model/quantity.h"
#include "model/quorum.h"

namespace paddock::plan {
namespace {

using observe::ClaimView;
using observe::MemberView;
using observe::Quorum;

observe::Measure measure_of(const Desired& desired, const observe::Observed& observed) {
  return {.ensemble_id = observed.ensemble.ensemble_id,
          .lag_max = desired.spec.rollout.max_sync_lag_transactions,
          .stable_after = desired.spec.rollout.min_ready};
}

}  // namespace

Context::Context(const Desired& desired_, const observe::Observed& observed_)
    : desired(desired_),
      observed(observed_),
      facts(observe::conclude(observed_, measure_of(desired_, observed_))) {
  if (is_valid()) wanted_template = api::voter_template(desired.spec, desired.wishes);
  choose_wanted();
}

void Context::choose_wanted() {
  wanted = facts.voters;
  for (const auto& [id, member] : observed.members) {
    if (wanted.size() >= voters_wanted()) return;
    const bool is_there = member.workload && !member.workload->is_terminating;
    if (is_there || usable_claim(member) != nullptr) wanted.insert(id);
  }
}

std::size_t Context::voters_wanted() const {
  return is_valid() ? static_cast<std::size_t>(desired.spec.voters.replicas) : facts.voters.size();
}

const MemberView& Context::member(ServerId id) const {
  static const MemberView kNothing;
  const auto found = observed.members.find(id);
  return found == observed.members.end() ? kNothing : found->second;
}

std::optional<ServerId> Context::candidate() const {
  if (!facts.is_settled || facts.voters.size() >= voters_wanted()) return std::nullopt;
  for (const ServerId id : wanted) {
    if (!is_voter(id) && facts.learners.contains(id)) return id;
  }
  return std::nullopt;
}

std::string Context::why_not_stop(ServerId id) const {
  if (!is_voter(id)) return "";
  if (facts.quorum != Quorum::Seen) return "no quorum is seen";
  if (!facts.is_settled) return "a change of members is not in force";
  for (const ServerId other : facts.voters) {
    if (other != id && !facts.stable.contains(other)) {
      return fmt::format("{} is not in step, or not for long enough", name_of(other));
    }
  }
  return "";
}

std::string Context::why_no_new_disk(ServerId id) const {
  if (!is_voter(id)) return "";
  if (facts.quorum != Quorum::Seen) return "no quorum is seen";
  const std::size_t others = facts.healthy.size() - facts.healthy.count(id);
  if (!model::is_majority(others, facts.voters.size())) return "the others are no majority";
  for (const ServerId other : facts.voters) {
    const bool takes_its_data =
        other != id && facts.empty.contains(other) && usable_claim(member(other)) != nullptr;
    if (takes_its_data) return fmt::format("{} has not its data again", name_of(other));
  }
  return "";
}

bool Context::is_down(ServerId id) const {
  const MemberView& view = member(id);
  const bool is_ready = view.pod && view.pod->is_ready && !view.pod->is_terminating;
  const bool serves =
      view.report.is_known_and([](const observe::MemberReport& report) { return report.serving; });
  return !is_ready && !serves;
}

bool is_usable(const ClaimView& claim) {
  return !claim.is_lost && !claim.is_terminating && !claim.is_retired;
}

const ClaimView* usable_claim(const MemberView& member) {
  const ClaimView* newest = nullptr;
  for (const ClaimView& claim : member.claims) {
    if (!claim.is_retired) newest = &claim;
  }
  return newest != nullptr && is_usable(*newest) ? newest : nullptr;
}

const ClaimView* find_claim(const MemberView& member, model::Generation generation) {
  const auto found = std::ranges::find(member.claims, generation, &ClaimView::generation);
  return found == member.claims.end() ? nullptr : &*found;
}

ApplyClaim new_claim(const Context& context, ServerId id) {
  const std::vector<ClaimView>& claims = context.member(id).claims;
  const auto size = model::parse_bytes(context.desired.spec.storage.data.size);
  const model::Generation generation =
      claims.empty() ? model::Generation{1} : model::next(claims.back().generation);
  return {.member = id,
          .generation = generation,
          .size = size.value_or(model::ByteQuantity{}),
          .ensemble_id = context.ensemble_id()};
}

ApplyClaim same_claim(ServerId id, const ClaimView& claim) {
  return {.member = id,
          .generation = claim.generation,
          .size = claim.size,
          .ensemble_id = claim.ensemble_id,
          .bootstrap_voters = claim.bootstrap_voters,
          .is_retired = claim.is_retired,
          .expected = claim.object};
}

ApplyWorkload same_workload(ServerId id, const observe::WorkloadView& workload) {
  return {.member = id,
          .makes = workload.makes,
          .claim = workload.claim,
          .runs = workload.runs,
          .labels_voter = workload.labels_voter,
          .expected = workload.object};
}

std::optional<api::MemberTemplate> template_for_new(const Context& context) {
  if (context.wanted_template) return context.wanted_template;
  for (const auto& [id, member] : context.observed.members) {
    if (member.workload) return member.workload->makes;
  }
  return std::nullopt;
}

ApplyWorkload new_workload(const Context& context, ServerId id, const ClaimView& claim) {
  const std::optional<api::MemberTemplate> makes = template_for_new(context);
  PADDOCK_ASSERT(makes.has_value());
  return {.member = id,
          .makes = *makes,
          .claim = claim.generation,
          .runs = true,
          .labels_voter = context.is_voter(id),
          .expected = {}};
}

EvictPod evict(ServerId id, const observe::PodView& pod) {
  return {.member = id, .pod = pod.object};
}

Step act(Reason reason, std::optional<ServerId> member, Disruptive action) {
  Step step{.next = {.reason = reason, .member = member, .action = to_text(action)}};
  step.disruptive = std::move(action);
  return step;
}

Step act(Reason reason, std::optional<ServerId> member, Harmless action) {
  Step step{.next = {.reason = reason, .member = member, .action = to_text(action)}};
  step.harmless.push_back(std::move(action));
  return step;
}

Step wait(Reason reason, std::optional<ServerId> member, std::string blocked_by) {
  return {
      .next = {
          .reason = reason, .member = member, .action = {}, .blocked_by = std::move(blocked_by)}};
}

std::string name_of(ServerId id) {
  return fmt::format("member {}", raw(id));
}

}  // namespace paddock::plan
