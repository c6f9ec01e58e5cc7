// SPDX-License-Identifier: Apache-2.0
//
// What is seen of an ensemble that is as wanted, for tests to change one thing of. A value.
#pragma once

#include <string>

#include "plan/plan.h"

namespace paddock::plan {

struct Sight {
  Desired desired;
  observe::Observed observed;

  /// Voters 1 to `voters`, the last one leads, everything steady.
  explicit Sight(std::int32_t voters) {
    desired.spec.version = "1.0.1";
    desired.spec.voters.replicas = voters;
    observed.now = WallTime{1'000'000};
    observed.ensemble = {.object = {"ensemble", "1"},
                         .is_being_deleted = false,
                         .ensemble_id = "e1",
                         .bootstrap_voters = voters};
    observed.services = observe::ServicesView{{"services", "1"}, true};
    observed.configuration =
        observe::ConfigMapView{{"config", "1"}, api::reload_hash_of(desired.spec), {}};
    observed.budget = observe::BudgetView{{"budget", "1"}, voters - 1};
    for (std::int32_t number = 1; number <= voters; ++number) add(ServerId{number});
    for (auto& [id, member] : observed.members) report(id);
  }

  [[nodiscard]] Plan plan() const { return plan::plan(desired, observed); }

  observe::MemberView& member(std::int32_t number) { return observed.members.at(ServerId{number}); }

  void add(ServerId id) {
    const std::string name = std::to_string(raw(id));
    const api::MemberTemplate makes = api::voter_template(desired.spec, desired.wishes);
    observe::MemberView member;
    member.workload = observe::WorkloadView{.object = {"workload-" + name, "1"},
                                            .makes = makes,
                                            .claim = model::Generation{1},
                                            .labels_voter = true};
    observe::PodView pod;
    pod.object = {"pod-" + name, "1"};
    pod.made_from = makes;
    pod.claim = model::Generation{1};
    pod.is_ready = true;
    pod.has_voter_label = true;
    member.pod = pod;
    observe::ClaimView claim;
    claim.object = {"claim-" + name, "1"};
    claim.generation = model::Generation{1};
    claim.size = {20LL << 30};
    claim.ensemble_id = "e1";
    member.claims = {claim};
    observed.members[id] = member;
  }

  /// As a follower, or the leader, of all the members that have a workload.
  void report(ServerId id) {
    observe::MemberReport report;
    report.id = id;
    report.ensemble_id = "e1";
    const ServerId leader = observed.members.rbegin()->first;
    report.role = id == leader ? observe::Role::Leader : observe::Role::Follower;
    report.leader = leader;
    report.serving = report.votes = true;
    report.epoch = 1;
    report.last_zxid = Zxid::of(1, 5);
    for (const auto& [other, member] : observed.members) report.activated.voters.insert(other);
    report.version = "1.0.1";
    observed.members.at(id).report = observe::Known(report);
  }

  template <class Change>
  void change_report(std::int32_t number, Change change) {
    observe::MemberReport report = member(number).report.value();
    change(report);
    member(number).report = observe::Known(report);
  }
  void silence(std::int32_t number) { member(number).report = {}; }
  /// Process and pod are down, the claim is there.
  void fell(std::int32_t number) {
    silence(number);
    member(number).pod->is_ready = false;
    member(number).pod->ready_changed = observed.now;
  }
};

inline std::string text_of(const Plan& plan) {
  std::string text(name_of(plan.next.reason));
  for (const Harmless& action : plan.harmless) text += "\n" + to_text(action);
  if (plan.disruptive) text += "\n! " + to_text(*plan.disruptive);
  return text;
}

}  // namespace paddock::plan
