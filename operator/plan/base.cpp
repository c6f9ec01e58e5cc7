// SPDX-License-Identifier: Apache-2.0
//
// What is applied in every plan, before any guard: services, configuration, budget, labels,
// observers and certificates. None of it stops a voter.
#include <algorithm>

#include "plan/rows.h"

namespace paddock::plan {
namespace {

using observe::Quorum;

template <class View>
Expected expected_of(const std::optional<View>& view) {
  return view ? Expected(view->object) : std::nullopt;
}

/// Clients come when the ensemble has begun for good, and not before; a latch that is lost for a
/// moment does not send them away.
void services(const Context& context, std::vector<Harmless>& actions) {
  const auto& is = context.observed.services;
  const bool serve_clients = !context.ensemble_id().empty() || (is && is->serve_clients);
  if (is && is->serve_clients == serve_clients) return;
  actions.emplace_back(ApplyServices{serve_clients, expected_of(is)});
}

void configuration(const Context& context, std::vector<Harmless>& actions) {
  if (!context.is_valid()) return;
  const std::string hash = api::reload_hash_of(context.desired.spec);
  const auto& is = context.observed.configuration;
  if (is && is->reload_hash == hash) return;
  actions.emplace_back(ApplyConfiguration{hash, expected_of(is)});
}

void observers(const Context& context, std::vector<Harmless>& actions) {
  if (!context.is_valid()) return;
  const bool sleeps = context.desired.spec.desired_state == api::DesiredState::Hibernated;
  const std::int32_t replicas = sleeps ? 0 : context.desired.spec.observers.replicas;
  const api::MemberTemplate makes =
      api::observer_template(context.desired.spec, context.desired.wishes);
  const auto& is = context.observed.observers;
  const bool is_right = is ? is->replicas == replicas && is->makes == makes : replicas == 0;
  if (!is_right) actions.emplace_back(ApplyObservers{replicas, makes, expected_of(is)});
}

/// Who counts for the budget: voters, and the one that becomes one next.
bool counts(const Context& context, ServerId id) {
  return context.is_voter(id) || context.candidate() == id;
}

/// Up before a voter is added, down only when nobody else carries the label.
void budget(const Context& context, std::vector<Harmless>& actions) {
  if (context.facts.quorum != Quorum::Seen) return;
  const std::size_t counted = context.facts.voters.size() + (context.candidate() ? 1 : 0);
  const auto needed = static_cast<std::int32_t>(counted) - 1;
  const auto& is = context.observed.budget;
  const std::int32_t has = is ? is->available_min : 0;
  const bool others_labelled =
      std::ranges::any_of(context.observed.members, [&](const auto& entry) {
        const auto& [id, member] = entry;
        return member.pod && member.pod->has_voter_label && !counts(context, id);
      });
  const bool may_sink = context.facts.is_settled && !others_labelled;
  if (has < needed || (has > needed && may_sink)) {
    actions.emplace_back(ApplyBudget{needed, expected_of(is)});
  }
}

/// Of a pod, and of the pods that its workload makes next.
void label(ServerId id,
           const observe::MemberView& member,
           bool is_voter,
           std::vector<Harmless>& actions) {
  if (member.pod && !member.pod->is_terminating && member.pod->has_voter_label != is_voter) {
    actions.emplace_back(LabelVoter{id, is_voter, member.pod->object});
  }
  if (member.workload && !member.workload->is_terminating &&
      member.workload->labels_voter != is_voter) {
    ApplyWorkload workload = same_workload(id, *member.workload);
    workload.labels_voter = is_voter;
    actions.emplace_back(std::move(workload));
  }
}

void labels(const Context& context, std::vector<Harmless>& actions) {
  if (!context.facts.is_settled) return;
  const auto needed = static_cast<std::int32_t>(context.facts.voters.size());
  const bool counts_candidate =
      context.observed.budget && context.observed.budget->available_min >= needed;
  for (const auto& [id, member] : context.observed.members) {
    const bool is_voter = context.is_voter(id) || (counts(context, id) && counts_candidate);
    label(id, member, is_voter, actions);
  }
}

}  // namespace

std::vector<Harmless> base(const Context& context) {
  std::vector<Harmless> actions;
  certificates(context, actions);
  services(context, actions);
  configuration(context, actions);
  if (context.ensemble_id().empty()) return actions;
  observers(context, actions);
  budget(context, actions);
  labels(context, actions);
  return actions;
}

}  // namespace paddock::plan
