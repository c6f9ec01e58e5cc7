// SPDX-License-Identifier: Apache-2.0
//
// A member that is missing, without its disk or broken is looked after before all else, and what
// guards the healthy ones never stands before help for the sick one. A voter whose disk is lost
// keeps its id and place: the server takes an empty voter in as a learner and does not count it
// until it has everything.
#include <algorithm>

#include <fmt/format.h>

#include "plan/rows.h"

namespace paddock::plan {
namespace {

using observe::ClaimView;
using observe::MemberView;
using observe::PodView;
using observe::WorkloadView;

/// Another member already runs what is wanted, and it is not known yet whether that comes up: one
/// victim of a bad template is enough. That its process answers is proof enough, for without a
/// quorum nobody serves.
std::string why_not_mend(const Context& context, ServerId id) {
  for (const ServerId other : context.wanted) {
    const MemberView& member = context.member(other);
    const bool has_it = member.workload && member.workload->makes == *context.wanted_template;
    // Whose turn it is, but still runs what it ran: that tells nothing.
    const bool is_old = member.pod && member.pod->made_from != *context.wanted_template;
    if (other == id || !has_it || is_old) continue;
    const bool runs = member.pod && !member.pod->is_failing;
    if (!runs || (!member.report.is_known() && !member.pod->is_ready)) {
      return fmt::format("{} does not run with the current template yet", name_of(other));
    }
  }
  return "";
}

std::optional<Step> missing(const Context& context, ServerId id) {
  const MemberView& member = context.member(id);
  if (member.workload) return std::nullopt;
  const ClaimView* const claim = usable_claim(member);
  if (claim == nullptr) {
    const std::string obstacle = context.why_no_new_disk(id);
    if (!obstacle.empty() || !context.is_valid()) return std::nullopt;
    return act(Reason::DiskLost, id, Harmless{new_claim(context, id)});
  }
  if (!template_for_new(context)) return std::nullopt;
  return act(Reason::MemberMissing, id, Harmless{new_workload(context, id, *claim)});
}

/// A disk newer than any in use: it is there because that one is to be given up.
std::optional<Step> take_disk(const Context& context, ServerId id, Reason reason) {
  const MemberView& member = context.member(id);
  const ClaimView* const claim = usable_claim(member);
  const model::Generation used =
      member.pod ? std::max(member.pod->claim, member.workload->claim) : member.workload->claim;
  const bool is_new = claim != nullptr && claim->generation > used;
  if (!is_new) {
    if (!context.is_valid()) return std::nullopt;
    return act(reason, id, Harmless{new_claim(context, id)});
  }
  ApplyWorkload workload = same_workload(id, *member.workload);
  workload.claim = claim->generation;
  return act(reason, id, ChangeWorkload{std::move(workload)});
}

std::optional<Reason> why_another_disk(const Context& context, ServerId id) {
  const MemberView& member = context.member(id);
  const ClaimView* const claim = find_claim(member, member.workload->claim);
  if (claim == nullptr || !is_usable(*claim)) return Reason::DiskLost;
  const bool is_given_up = context.desired.wishes.replace_member == raw(id) &&
                           context.desired.wishes.replace_generation == raw(claim->generation);
  if (is_given_up) return Reason::DiskGivenUp;
  const api::ReconfigurationSpec& how = context.desired.spec.reconfiguration;
  const bool has_waited = member.pod && member.pod->unschedulable_since &&
                          context.observed.now.ms - member.pod->unschedulable_since->ms >
                              milliseconds(how.lost_node_grace).count();
  if (has_waited && how.auto_replace_lost_members) return Reason::NodeLost;
  return std::nullopt;
}

std::optional<Step> disk(const Context& context, ServerId id) {
  const MemberView& member = context.member(id);
  if (!member.workload || member.workload->is_terminating) return std::nullopt;
  const std::optional<Reason> reason = why_another_disk(context, id);
  if (!reason) return std::nullopt;
  std::string obstacle = context.why_no_new_disk(id);
  // What still has its data is given up only if all the others have theirs.
  const bool has_data = *reason != Reason::DiskLost || !context.is_down(id);
  if (obstacle.empty() && has_data) obstacle = context.why_not_stop(id);
  if (!obstacle.empty()) return std::nullopt;
  return take_disk(context, id, *reason);
}

/// The disk that the pod has, and no other one, is what the next pod gets, too. Never an older one
/// than that: what was written since is missing on it, and it would vote.
std::optional<Step> keep_disk(const Context& context, ServerId id) {
  const MemberView& member = context.member(id);
  const ClaimView* const claim = find_claim(member, member.pod->claim);
  if (claim == nullptr || !is_usable(*claim)) return std::nullopt;
  ApplyWorkload workload = same_workload(id, *member.workload);
  workload.claim = claim->generation;
  return act(
      Reason::DiskNeeded, id, ChangeWorkload{.to = std::move(workload), .pod = member.pod->object});
}

/// A pod with the disk that its workload has given up. If it is needed after all, before the pod
/// was restarted, it is taken back.
std::optional<Step> wrong_disk(const Context& context, ServerId id) {
  const MemberView& member = context.member(id);
  const bool is_wrong = member.workload && member.pod && !member.pod->is_terminating &&
                        member.pod->claim != member.workload->claim;
  if (!is_wrong) return std::nullopt;
  const std::string obstacle = context.why_no_new_disk(id);
  if (member.pod->claim > member.workload->claim) {
    if (auto step = keep_disk(context, id)) return step;
    return obstacle.empty() ? take_disk(context, id, Reason::DiskLost) : std::nullopt;
  }
  if (!obstacle.empty()) return keep_disk(context, id);
  if (!context.is_down(id) && !context.why_not_stop(id).empty()) return std::nullopt;
  return act(Reason::DiskGivenUp, id, evict(id, *member.pod));
}

/// Down for so long that it is no election, and no start.
bool is_broken(const Context& context, ServerId id) {
  const MemberView& member = context.member(id);
  if (!member.pod || member.pod->is_terminating || !context.is_down(id)) return false;
  const std::int64_t since = context.observed.now.ms - member.pod->ready_changed.ms;
  return member.pod->is_failing || since >= milliseconds(kMendPatience).count();
}

}  // namespace

std::optional<Step> mend(const Context& context, ServerId id) {
  const MemberView& member = context.member(id);
  const bool is_concerned =
      context.wanted_template && member.workload && !member.workload->is_terminating;
  if (!is_concerned || !is_broken(context, id)) return std::nullopt;
  if (member.workload->makes != *context.wanted_template) {
    if (!why_not_mend(context, id).empty()) return std::nullopt;
    ApplyWorkload workload = same_workload(id, *member.workload);
    workload.makes = *context.wanted_template;
    return act(Reason::MemberBroken, id, ChangeWorkload{std::move(workload)});
  }
  if (member.pod->made_from == member.workload->makes) return std::nullopt;
  return act(Reason::MemberBroken, id, evict(id, *member.pod));
}

std::optional<Step> repair(const Context& context) {
  for (const ServerId id : context.wanted) {
    for (const auto& look : {missing, disk, wrong_disk, mend}) {
      if (auto step = look(context, id)) return step;
    }
  }
  return std::nullopt;
}

}  // namespace paddock::plan
