// SPDX-License-Identifier: Apache-2.0
//
// Without a quorum little may be done, and without a majority of the disks nothing at all: what
// looks like help (new disks, other members, an ensemble that begins anew) is how data is lost.
#include <fmt/format.h>

#include "model/quorum.h"
#include "plan/rows.h"

namespace paddock::plan {
namespace {

using observe::MemberView;
using observe::Quorum;

/// A missing workload is made again for a disk that is there.
std::optional<Harmless> start(const Context& context, ServerId id) {
  const MemberView& member = context.member(id);
  const observe::ClaimView* const claim = usable_claim(member);
  if (member.workload || claim == nullptr || !template_for_new(context)) return std::nullopt;
  return new_workload(context, id, *claim);
}

}  // namespace

std::optional<Step> data_loss(const Context& context) {
  const auto& [voters, empty] = std::pair(context.facts.voters, context.facts.empty);
  const bool has_majority = model::is_majority(voters.size() - empty.size(), voters.size());
  if (context.facts.quorum == Quorum::Seen || has_majority) return std::nullopt;
  // Who does not start may be the one that has the data.
  for (const ServerId id : context.wanted) {
    if (auto mended = mend(context, id)) {
      mended->next.reason = Reason::DataLoss;
      return mended;
    }
  }
  return wait(Reason::DataLoss,
              std::nullopt,
              fmt::format("{} of {} voters have no data", empty.size(), voters.size()));
}

std::optional<Step> quorum_loss(const Context& context) {
  if (context.facts.quorum == Quorum::Seen) return std::nullopt;
  const bool is_lost = context.facts.quorum == Quorum::Lost;
  const Reason reason = is_lost ? Reason::QuorumLost : Reason::QuorumUnknown;
  Step step = wait(reason, std::nullopt, "members that do not answer");
  for (const ServerId id : context.facts.voters) {
    if (auto started = start(context, id)) step.harmless.push_back(*std::move(started));
  }
  if (!step.harmless.empty()) {
    step.next.action = "start missing members";
    return step;
  }
  for (const ServerId id : context.facts.voters) {
    if (auto mended = mend(context, id)) {
      mended->next.reason = reason;
      return mended;
    }
  }
  return step;
}

}  // namespace paddock::plan
