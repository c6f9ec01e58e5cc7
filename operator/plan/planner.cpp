// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <utility>

#include "base/assert.h"
#include "plan/plan.h"
#include "plan/rows.h"
#include "plan/status.h"

namespace paddock::plan {
namespace {

/// The first that has something to say is the plan. Repair stands before everything that is only
/// wished for; fewer voters come before a rollout (less to restart), more after it (they begin with
/// what is wanted now).
constexpr std::array<Row, 13> kRows{&wake,
                                    &bootstrap,
                                    &hibernate,
                                    &data_loss,
                                    &quorum_loss,
                                    &repair,
                                    &reconfig,
                                    &scale_down,
                                    &reload,
                                    &rollout,
                                    &scale_up,
                                    &volumes,
                                    &retire};

std::optional<Reason> why_nothing(const Desired& desired, const observe::Observed& observed) {
  if (observed.ensemble.is_being_deleted) return Reason::BeingDeleted;
  if (desired.spec.suspend) return Reason::Suspended;
  return std::nullopt;
}

/// Nothing is to be done, but not everything is as it is wanted yet.
std::optional<Step> recovering(const Context& context) {
  for (const ServerId id : context.facts.voters) {
    if (context.facts.stable.contains(id)) continue;
    return wait(Reason::Recovering, id, name_of(id) + " is not in step, or not for long enough");
  }
  return std::nullopt;
}

Step first_step(const Context& context) {
  for (const Row row : kRows) {
    if (auto step = row(context)) return *std::move(step);
  }
  if (auto step = recovering(context)) return *std::move(step);
  return wait(Reason::Steady, std::nullopt, "");
}

/// While something is on its way nothing in the cluster need change for us to go on.
seconds look_again_after(const Plan& plan) {
  const bool writes = std::ranges::any_of(plan.harmless, [](const Harmless& action) {
    return !std::holds_alternative<AskReload>(action);
  });
  if (plan.disruptive || writes) return seconds{1};
  return plan.next.reason == Reason::Steady ? seconds{60} : seconds{5};
}

}  // namespace

Plan plan(const Desired& desired, const observe::Observed& observed) {
  const Context context(desired, observed);
  Plan result;
  if (const auto reason = why_nothing(desired, observed)) {
    result.next.reason = *reason;
    result.status = status_of(context, result.next);
    return result;
  }
  Step step = first_step(context);
  // Where a majority of the disks is gone, nothing at all is written.
  const bool writes =
      step.next.reason != Reason::DataLoss && step.next.reason != Reason::ForeignData;
  if (writes) result.harmless = base(context);
  for (Harmless& action : step.harmless) result.harmless.push_back(std::move(action));
  result.disruptive = std::move(step.disruptive);
  result.next = std::move(step.next);
  result.status = status_of(context, result.next);
  result.look_again = look_again_after(result);
  return result;
}

}  // namespace paddock::plan
