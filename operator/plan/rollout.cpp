// SPDX-License-Identifier: Apache-2.0
//
// Members are restarted one after the other, each only while all others are in step: observers
// first, then followers, who is furthest back first, and the leader last, after it has handed over
// to one that is done. Who is begun is finished before the next.
#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "plan/rows.h"

namespace paddock::plan {
namespace {

using observe::MemberView;

struct Turn {
  ServerId id{};
  Reason reason{};
};

Zxid last_zxid(const Context& context, ServerId id) {
  const MemberView& member = context.member(id);
  return member.report.is_known() ? member.report.value().last_zxid : Zxid{};
}

/// Its next pod is the wanted one, this one is not.
bool is_begun(const Context& context, ServerId id) {
  const MemberView& member = context.member(id);
  return member.workload && member.workload->makes == *context.wanted_template;
}

std::optional<Turn> next_turn(const Context& context) {
  std::optional<Turn> chosen;
  const auto rank = [&](ServerId id) {
    return std::tuple{
        context.facts.leader == id, !is_begun(context, id), last_zxid(context, id), raw(id)};
  };
  for (const ServerId id : context.wanted) {
    const std::optional<Reason> reason = restart_reason(context, id);
    if (reason && (!chosen || rank(id) < rank(chosen->id))) chosen = Turn{id, *reason};
  }
  return chosen;
}

std::size_t count_done(const Context& context) {
  return static_cast<std::size_t>(std::ranges::count_if(
      context.facts.stable, [&](ServerId id) { return !restart_reason(context, id).has_value(); }));
}

bool changes_template(const Context& context, ServerId id) {
  const MemberView& member = context.member(id);
  return member.pod && member.pod->made_from != *context.wanted_template;
}

/// What a person asked to be asked about.
std::string why_paused(const Context& context, const Turn& turn) {
  if (!changes_template(context, turn.id)) return "";
  const api::RolloutSpec& how = context.desired.spec.rollout;
  if (how.paused_at == api::PausePoint::AfterObservers) return "spec.rollout.pausedAt";
  if (how.paused_at == api::PausePoint::AfterFirstVoter && count_done(context) > 0) {
    return "spec.rollout.pausedAt";
  }
  const bool is_last = context.facts.leader == turn.id && context.facts.voters.size() > 1;
  const bool may_go_on = context.desired.wishes.continue_rollout == context.wanted_template->hash();
  if (how.strategy == api::RolloutStrategy::Supervised && is_last && !may_go_on) {
    return fmt::format("annotation paddock.io/continue-rollout={}",
                       context.wanted_template->hash());
  }
  return "";
}

/// Bounded: observers are there to be taken and lost, and keep nobody waiting for ever.
std::string why_observers_first(const Context& context) {
  const auto& observers = context.observed.observers;
  if (!observers || observers->replicas == 0) return "";
  const bool is_done = observers->updated_ready >= observers->replicas;
  const std::int64_t since = context.observed.now.ms - observers->changed.ms;
  const bool has_waited =
      since >= milliseconds(context.desired.spec.rollout.health_timeout).count();
  return is_done || has_waited ? "" : "observers come first";
}

/// Up to date and in step; of those the one that is furthest.
std::optional<ServerId> successor(const Context& context) {
  std::optional<ServerId> chosen;
  for (const ServerId id : context.facts.stable) {
    if (id == context.facts.leader || restart_reason(context, id)) continue;
    if (!chosen || last_zxid(context, id) > last_zxid(context, *chosen)) chosen = id;
  }
  return chosen;
}

Step restart(const Context& context, const Turn& turn) {
  const MemberView& member = context.member(turn.id);
  if (!is_begun(context, turn.id)) {
    ApplyWorkload workload = same_workload(turn.id, *member.workload);
    workload.makes = *context.wanted_template;
    return act(turn.reason, turn.id, ChangeWorkload{std::move(workload)});
  }
  const bool leads = context.facts.leader == turn.id && context.facts.voters.size() > 1;
  if (leads && context.desired.spec.rollout.leader == api::LeaderHandling::TransferFirst) {
    const std::optional<ServerId> to = successor(context);
    if (!to) return wait(turn.reason, turn.id, "nobody to hand leadership over to");
    return act(turn.reason, turn.id, TransferLeader{.from = turn.id, .to = *to});
  }
  return act(turn.reason, turn.id, evict(turn.id, *member.pod));
}

}  // namespace

std::optional<Step> rollout(const Context& context) {
  if (!context.is_valid()) return std::nullopt;
  const std::optional<Turn> turn = next_turn(context);
  if (!turn) return std::nullopt;
  const MemberView& member = context.member(turn->id);
  std::string obstacle = why_observers_first(context);
  if (obstacle.empty() && !is_begun(context, turn->id)) obstacle = why_paused(context, *turn);
  if (obstacle.empty()) obstacle = context.why_not_stop(turn->id);
  if (obstacle.empty() && (!member.workload || member.pod->is_terminating)) {
    obstacle = name_of(turn->id) + " has not ended yet";
  }
  if (!obstacle.empty()) return wait(turn->reason, turn->id, obstacle);
  return restart(context, *turn);
}

}  // namespace paddock::plan
