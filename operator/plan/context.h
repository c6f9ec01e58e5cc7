// SPDX-License-Identifier: Apache-2.0
//
// What the rows of the planner share: what is wanted and seen, what follows from it, and the guards
// that stand before anything is taken away. Lives for one call of plan().
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "observe/facts.h"
#include "plan/plan.h"

namespace paddock::plan {

/// What a row says when its turn has come; the rows below it wait then.
struct Step {
  Next next;
  std::optional<Disruptive> disruptive = std::nullopt;
  std::vector<Harmless> harmless = {};
};

class Context {
 public:
  /// Both must outlive it.
  Context(const Desired& desired, const observe::Observed& observed);

  const Desired& desired;
  const observe::Observed& observed;
  observe::Facts facts;
  /// The wanted template of voters; none if the spec does not count.
  std::optional<api::MemberTemplate> wanted_template;
  /// Voters, and servers that are to become voters.
  std::set<ServerId> wanted;

  [[nodiscard]] bool is_valid() const { return desired.problems.empty(); }
  [[nodiscard]] const std::string& ensemble_id() const { return observed.ensemble.ensemble_id; }
  [[nodiscard]] std::size_t voters_wanted() const;
  [[nodiscard]] bool is_voter(ServerId id) const { return facts.voters.contains(id); }
  /// A member of which nothing is seen is an empty one.
  [[nodiscard]] const observe::MemberView& member(ServerId id) const;
  /// The first of those that join, when it is in step: the budget already counts it.
  [[nodiscard]] std::optional<ServerId> candidate() const;

  /// I1: why the member must not be stopped by us now; empty if it may.
  [[nodiscard]] std::string why_not_stop(ServerId id) const;
  /// Why it must not change its disk: the others are no majority without it, or one of them has not
  /// its data again yet.
  [[nodiscard]] std::string why_no_new_disk(ServerId id) const;
  /// Not ready by the kubelet, and not serving as far as it says anything.
  [[nodiscard]] bool is_down(ServerId id) const;

 private:
  void choose_wanted();
};

/// The newest claim of a member, if it holds or may hold its data. If that one is lost, an older
/// one does not do: what was written since is missing on it.
[[nodiscard]] const observe::ClaimView* usable_claim(const observe::MemberView& member);
[[nodiscard]] const observe::ClaimView* find_claim(const observe::MemberView& member,
                                                   model::Generation generation);
[[nodiscard]] bool is_usable(const observe::ClaimView& claim);

/// What the ensemble's next claim of a member is.
[[nodiscard]] ApplyClaim new_claim(const Context& context, ServerId id);
/// The same claim, to be changed.
[[nodiscard]] ApplyClaim same_claim(ServerId id, const observe::ClaimView& claim);
[[nodiscard]] ApplyWorkload same_workload(ServerId id, const observe::WorkloadView& workload);
/// What a member that is missing is made from: if the spec does not count, as the others are; none
/// if there are none.
[[nodiscard]] std::optional<api::MemberTemplate> template_for_new(const Context& context);
/// For a disk that is there; there must be a template.
[[nodiscard]] ApplyWorkload new_workload(const Context& context,
                                         ServerId id,
                                         const observe::ClaimView& claim);
[[nodiscard]] EvictPod evict(ServerId id, const observe::PodView& pod);

/// A step that does something, and one that waits.
[[nodiscard]] Step act(Reason reason, std::optional<ServerId> member, Disruptive action);
[[nodiscard]] Step act(Reason reason, std::optional<ServerId> member, Harmless action);
[[nodiscard]] Step wait(Reason reason, std::optional<ServerId> member, std::string blocked_by);

[[nodiscard]] std::string name_of(ServerId id);

}  // namespace paddock::plan
