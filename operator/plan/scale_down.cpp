// SPDX-License-Identifier: Apache-2.0
//
// One voter leaves at a time: first the ensemble's configuration, then, by the row above, its
// workload. Who is not healthy goes first, the leader last.
#include <fmt/format.h>

#include "model/quorum.h"
#include "plan/rows.h"

namespace paddock::plan {
namespace {

ServerId choose(const Context& context) {
  const auto rank = [&](ServerId id) {
    return std::tuple{context.facts.healthy.contains(id), context.facts.leader == id, -raw(id)};
  };
  ServerId chosen = *context.facts.voters.begin();
  for (const ServerId id : context.facts.voters) {
    if (rank(id) < rank(chosen)) chosen = id;
  }
  return chosen;
}

}  // namespace

std::optional<Step> scale_down(const Context& context) {
  const std::size_t voters = context.facts.voters.size();
  if (voters <= context.voters_wanted()) return std::nullopt;
  const ServerId victim = choose(context);
  const std::size_t healthy = context.facts.healthy.size();
  const std::size_t healthy_after = healthy - context.facts.healthy.count(victim);
  const bool both =
      model::is_majority(healthy, voters) && model::is_majority(healthy_after, voters - 1);
  if (!both) return wait(Reason::ScaleDown, victim, "too few of the others are healthy");
  return act(Reason::ScaleDown,
             victim,
             Reconfigure{.member = victim,
                         .change = Reconfigure::Change::Remove,
                         .from_version = context.facts.configuration->version});
}

}  // namespace paddock::plan
