// SPDX-License-Identifier: Apache-2.0
#include "simulation/operator/simulation.h"

#include <algorithm>
#include <array>
#include <ranges>

#include <fmt/format.h>

namespace paddock::operator_simulation {
namespace {

constexpr int kWildSteps = 600;
constexpr int kCalmSteps = 4000;
constexpr std::size_t kHistory = 6;

std::string version_of(std::int32_t image) {
  return fmt::format("1.0.{}", image);
}

std::string text_of(const Action& action) {
  return std::visit([](const auto& one) { return plan::to_text(one); }, action);
}

/// The first word or two of an action, for the counts.
std::string kind_of(const Action& action) {
  const std::string text = text_of(action);
  const std::size_t space = text.find(' ');
  return text.substr(0, text.find_first_of(" :,0123456789", space + 1));
}

}  // namespace

Simulation::Simulation(std::uint64_t seed, bool is_told)
    : prng_(seed),
      is_told_(is_told),
      cluster_(8),
      oracle_(cluster_, ensemble_),
      executor_(cluster_, ensemble_, oracle_) {
  constexpr std::array kVoters{1, 3, 3, 5};
  desired_.spec.version = version_of(image_);
  desired_.spec.voters.replicas = kVoters[prng_.below(kVoters.size())];
  desired_.spec.observers.replicas = static_cast<std::int32_t>(prng_.below(3));
  desired_.spec.rollout.max_sync_lag_transactions = 3;
  desired_.spec.reconfiguration.lost_node_grace = seconds{120};
  if (prng_.chance(1, 3)) desired_.spec.storage.when_scaled = api::RetentionPolicy::Delete;
  if (prng_.chance(1, 4)) desired_.spec.rollout.leader = api::LeaderHandling::RestartLast;
  desired_.authority = 1;
  cluster_.has_local_volumes = prng_.chance(1, 3);
  cluster_.grows_offline = prng_.chance(1, 2);
}

void Simulation::tell(const std::string& text) {
  if (is_told_) fmt::print("{:>6} {}\n", cluster_.objects.now.ms / 1000, text);
}

std::string Simulation::violation() const {
  return oracle_.violation;
}

std::string Simulation::run() {
  for (int i = 0; i < kWildSteps && violation().empty(); ++i) {
    step_world();
    if (prng_.chance(1, 2)) reconcile();
    if (prng_.chance(1, 60)) wish();
    if (prng_.chance(1, 40)) break_something();
    drain();
  }
  if (violation().empty()) calm_down();
  for (int i = 0; i < kCalmSteps && violation().empty(); ++i) {
    step_world();
    reconcile();
    drain();
    if (i > 20 && what_is_missing().empty()) return violation();
  }
  if (!violation().empty()) return violation();
  return "not as wanted in the end: " + what_is_missing();
}

std::string Simulation::describe() const {
  std::string text;
  for (const auto& [id, member] : cluster_.objects.members) {
    text += fmt::format("  {}:", raw(id));
    if (member.workload) {
      text += fmt::format(" workload {} claim {}{}",
                          member.workload->makes.image,
                          raw(member.workload->claim),
                          member.workload->runs ? "" : " stopped");
    }
    if (member.pod) {
      text += fmt::format(", pod {} claim {}{}{}{}{}",
                          member.pod->made_from.image,
                          raw(member.pod->claim),
                          member.pod->is_ready ? " ready" : "",
                          member.pod->is_failing ? " failing" : "",
                          member.pod->is_terminating ? " terminating" : "",
                          member.pod->unschedulable_since ? " unschedulable" : "");
    }
    for (const observe::ClaimView& claim : member.claims) {
      text += fmt::format(", claim {}{}{}{}{}",
                          raw(claim.generation),
                          claim.is_retired ? " retired" : "",
                          claim.is_lost ? " lost" : "",
                          claim.is_terminating ? " terminating" : "",
                          cluster_.disks.at(claim.object.uid)->is_empty() ? " empty" : "");
    }
    const auto server = ensemble_.servers.find(id);
    if (server != ensemble_.servers.end()) {
      text += fmt::format(", server leader {} epoch {} log {}{}",
                          server->second.leader ? raw(*server->second.leader) : 0,
                          server->second.disk->epoch,
                          server->second.disk->log.size(),
                          server->second.is_isolated ? " isolated" : "");
    }
    text += "\n";
  }
  return text;
}

void Simulation::step_world() {
  cluster_.objects.now.ms += 1000 + static_cast<std::int64_t>(prng_.below(4000));
  cluster_.step(prng_, ensemble_);
  const auto& services = cluster_.objects.services;
  ensemble_.step(prng_, services && services->serve_clients && prng_.chance(1, 2));
  oracle_.forgive_hibernation(desired_.spec.desired_state == api::DesiredState::Hibernated);
  oracle_.look();
  history_.push_back(cluster_.objects);
  if (history_.size() > kHistory) history_.pop_front();
  if (!late_.empty() && prng_.chance(1, 4)) {
    tell("arrives late: " + text_of(late_.front()));
    static_cast<void>(executor_.carry_out(late_.front()));
    late_.pop_front();
  }
}

/// Lists may be old, each kind for itself; servers answer for themselves or not at all.
observe::Observed Simulation::look() {
  const auto any = [&]() -> const observe::Observed& {
    const bool is_old = has_faults_ && prng_.chance(1, 3);
    return is_old ? history_[prng_.below(history_.size())] : history_.back();
  };
  observe::Observed seen = any();
  const observe::Observed& pods = any();
  const observe::Observed& claims = any();
  seen.now = cluster_.objects.now;
  seen.ensemble = any().ensemble;
  for (auto& [id, member] : seen.members) {
    member.pod.reset();
    member.claims.clear();
  }
  for (const auto& [id, member] : pods.members) {
    if (member.pod) seen.members[id].pod = member.pod;
  }
  for (const auto& [id, member] : claims.members) {
    if (!member.claims.empty()) seen.members[id].claims = member.claims;
  }
  for (auto& [id, member] : seen.members) {
    const bool answers = ensemble_.servers.contains(id) && !(has_faults_ && prng_.chance(1, 12));
    member.report =
        answers ? observe::Known(ensemble_.report(id)) : observe::Known<observe::MemberReport>();
  }
  std::erase_if(seen.members, [](const auto& entry) {
    return !entry.second.workload && !entry.second.pod && entry.second.claims.empty();
  });
  return seen;
}

void Simulation::reconcile() {
  const plan::Plan plan = plan::plan(desired_, look());
  ++counts_[fmt::format("plan {}", name_of(plan.next.reason))];
  if (plan.next.reason != plan::Reason::Steady) {
    tell(fmt::format("{}: {}", name_of(plan.next.reason), plan.next.text()));
  }
  for (const plan::Harmless& action : plan.harmless) {
    if (!carry_out(action)) return;
  }
  if (plan.disruptive) static_cast<void>(carry_out(*plan.disruptive));
}

/// False: the operator goes no further, because it ended or something was refused.
bool Simulation::carry_out(const Action& action) {
  if (!violation().empty()) return false;
  while (has_faults_ && prng_.chance(1, 6)) step_world();
  if (has_faults_ && prng_.chance(1, 40)) {
    ++counts_["fault operator ends"];
    if (prng_.chance(1, 2)) late_.push_back(action);
    return false;
  }
  const WriteAnswer answer = executor_.carry_out(action);
  const bool is_done = answer == WriteAnswer::Done;
  if (is_done) ++counts_["do " + kind_of(action)];
  tell(fmt::format("  {}{}", text_of(action), is_done ? "" : " (refused)"));
  return is_done && !(has_faults_ && prng_.chance(1, 30));
}

bool Simulation::are_all_full() const {
  const Server* const leader = ensemble_.leader();
  if (leader == nullptr || leader->disk->configuration().joint_with) return false;
  return std::ranges::all_of(leader->disk->configuration().voters,
                             [&](ServerId id) { return ensemble_.is_full(id); });
}

void Simulation::wish() {
  api::EnsembleSpec& spec = desired_.spec;
  const std::uint64_t kind = prng_.below(12);
  constexpr std::array kVoters{1, 3, 5, 7};
  if (kind <= 2) spec.voters.replicas = kVoters[prng_.below(kVoters.size())];
  if (kind == 3) spec.observers.replicas = static_cast<std::int32_t>(prng_.below(4));
  if (kind == 4 || kind == 5) {
    spec.version = version_of(++image_);
    if (prng_.chance(1, 4)) cluster_.bad_images.insert("paddock-server:" + spec.version);
  }
  if (kind == 6) spec.config["paddock.limit.a.match"] = fmt::format("any{}", prng_.below(100));
  if (kind == 7) spec.config["tickTime"] = fmt::format("{}", 1000 + prng_.below(100));
  if (kind == 8) ++desired_.authority;
  if (kind == 8 && prng_.chance(1, 2)) wish_replacement();
  if (kind == 9) spec.storage.data.size = fmt::format("{}Gi", 20U + prng_.below(9));
  if (kind == 10) {
    const bool is_asleep = spec.desired_state == api::DesiredState::Hibernated;
    spec.desired_state = is_asleep || prng_.chance(1, 2) ? api::DesiredState::Running
                                                         : api::DesiredState::Hibernated;
  }
  if (kind == 11) desired_.problems = prng_.chance(1, 3) ? "spec.voters.replicas: 2" : "";
  if (kind != 11 && prng_.chance(1, 2)) desired_.problems.clear();
  tell(fmt::format("wish: {} voters, {}, authority {}, {} {}",
                   spec.voters.replicas,
                   spec.version,
                   desired_.authority,
                   spec.desired_state == api::DesiredState::Hibernated ? "asleep" : "running",
                   desired_.problems));
}

void Simulation::wish_replacement() {
  const auto& members = cluster_.objects.members;
  if (members.empty()) return;
  const auto& [id, member] =
      *std::next(members.begin(), static_cast<std::ptrdiff_t>(prng_.below(members.size())));
  if (!member.workload) return;
  desired_.wishes.replace_member = raw(id);
  desired_.wishes.replace_generation = raw(member.workload->claim);
}

void Simulation::break_something() {
  const std::uint64_t kind = prng_.below(10);
  auto& members = cluster_.objects.members;
  if (members.empty()) return;
  auto victim =
      std::next(members.begin(), static_cast<std::ptrdiff_t>(prng_.below(members.size())));
  if (kind == 0) return break_disk();
  if (kind == 1 || kind == 2) return break_node();
  if (kind == 3) {
    ++counts_["fault status lost"];
    observe::EnsembleView& ensemble = cluster_.objects.ensemble;
    ensemble.ensemble_id.clear();
    ensemble.bootstrap_voters = 0;
    cluster_.touch(ensemble.object);
    return;
  }
  if (kind == 4 && victim->second.workload) {
    ++counts_["fault workload deleted"];
    victim->second.workload.reset();
    return;
  }
  if (kind == 5 && ensemble_.servers.contains(victim->first)) {
    ++counts_["fault partition"];
    Server& server = ensemble_.servers.at(victim->first);
    server.is_isolated = !server.is_isolated;
    return;
  }
  if (kind == 6 && !drained_) {
    ++counts_["fault drain"];
    drained_ = std::next(cluster_.nodes.begin(),
                         static_cast<std::ptrdiff_t>(prng_.below(cluster_.nodes.size())))
                   ->first;
    cluster_.nodes.at(*drained_).is_cordoned = true;
    return;
  }
  if (kind == 7 && are_all_full()) return recreate();
  if (victim->second.pod && !victim->second.pod->is_terminating) {
    ++counts_["fault pod killed"];
    ensemble_.stop(victim->first);
    victim->second.pod->is_terminating = true;
    cluster_.touch(victim->second.pod->object);
  }
}

/// Only where no acknowledged write depends on it: everybody has everything, and nobody is on the
/// way to another disk.
void Simulation::break_disk() {
  const Server* const leader = ensemble_.leader();
  if (leader == nullptr || !are_all_full() || leader->disk->configuration().voters.size() < 3)
    return;
  for (const auto& [id, member] : cluster_.objects.members) {
    if (member.pod && member.workload && member.pod->claim != member.workload->claim) return;
  }
  const auto& voters = leader->disk->configuration().voters;
  const ServerId id =
      *std::next(voters.begin(), static_cast<std::ptrdiff_t>(prng_.below(voters.size())));
  auto& member = cluster_.objects.members.at(id);
  if (!member.pod || !member.workload) return;
  ++counts_["fault disk lost"];
  tell(fmt::format("disk of {} is lost", raw(id)));
  const auto claim =
      std::ranges::find(member.claims, member.pod->claim, &observe::ClaimView::generation);
  if (claim == member.claims.end()) return;
  ensemble_.stop(id);
  cluster_.disks.at(claim->object.uid)->wipe();
  if (prng_.chance(1, 2)) {
    cluster_.lose_claim(id, claim->generation);
  } else if (prng_.chance(1, 2)) {
    claim->is_terminating = true;
    cluster_.touch(claim->object);
  }
}

void Simulation::break_node() {
  const auto down =
      std::ranges::find_if(cluster_.nodes, [](const auto& entry) { return !entry.second.is_up; });
  if (down == cluster_.nodes.end()) {
    ++counts_["fault node off"];
    std::next(cluster_.nodes.begin(),
              static_cast<std::ptrdiff_t>(prng_.below(cluster_.nodes.size())))
        ->second.is_up = false;
    return;
  }
  const std::int32_t number = down->first;
  if (!cluster_.has_local_volumes && prng_.chance(1, 2)) {
    ++counts_["fault node removed"];
    cluster_.remove_node(number);
    cluster_.nodes[number + 100] = {};
    return;
  }
  down->second.is_up = true;
}

/// Somebody else's, through the Eviction API, until the node is empty.
void Simulation::drain() {
  if (!drained_) return;
  bool is_empty = true;
  for (auto& [id, member] : cluster_.objects.members) {
    if (!member.pod) continue;
    const auto bound = cluster_.node_of_pod.find(member.pod->object.uid);
    if (bound == cluster_.node_of_pod.end() || bound->second != *drained_) continue;
    is_empty = false;
    if (member.pod->is_terminating || prng_.chance(1, 2)) continue;
    const bool was_ready = member.pod->is_ready;
    const bool is_done = cluster_.evict(id, member.pod->object) == WriteAnswer::Done;
    if (is_done && cluster_.objects.budget) oracle_.judge_drain(id, was_ready);
  }
  if (!is_empty && has_faults_ && !prng_.chance(1, 50)) return;
  if (!is_empty && !has_faults_) cluster_.nodes.at(*drained_).is_cordoned = false;
  if (cluster_.nodes.contains(*drained_)) cluster_.nodes.at(*drained_).is_cordoned = false;
  drained_.reset();
}

/// The Ensemble is deleted, without any help of ours, and made again over the disks that were kept.
void Simulation::recreate() {
  ++counts_["fault ensemble recreated"];
  tell("the Ensemble is deleted and made again");
  cluster_.collect_garbage();
  cluster_.objects.ensemble = {};
  cluster_.objects.ensemble.object = cluster_.new_object();
  late_.clear();
  history_.clear();
  for (int i = 0; i < 10; ++i) step_world();
}

void Simulation::calm_down() {
  has_faults_ = false;
  drained_.reset();
  late_.clear();
  for (auto& [number, node] : cluster_.nodes) node = {};
  for (auto& [id, server] : ensemble_.servers) server.is_isolated = false;
  desired_.problems.clear();
  if (cluster_.bad_images.contains("paddock-server:" + desired_.spec.version)) {
    desired_.spec.version = version_of(++image_);
  }
  desired_.spec.desired_state =
      prng_.chance(1, 10) ? api::DesiredState::Hibernated : api::DesiredState::Running;
  tell("everything calms down");
}

std::string Simulation::what_is_missing() {
  const observe::Observed seen = look();
  const plan::Plan plan = plan::plan(desired_, seen);
  const bool is_asleep = desired_.spec.desired_state == api::DesiredState::Hibernated;
  const plan::Reason rest = is_asleep ? plan::Reason::Hibernated : plan::Reason::Steady;
  if (plan.next.reason != rest || !plan.harmless.empty()) {
    return fmt::format("{} ({})", name_of(plan.next.reason), plan.next.text());
  }
  if (ensemble_.ensembles_begun != 1) return "no ensemble has begun";
  if (is_asleep) return ensemble_.servers.empty() ? "" : "somebody is awake";
  if (!are_all_full()) return "not all voters have everything";
  const auto& voters = ensemble_.leader()->disk->configuration().voters;
  if (static_cast<std::int32_t>(voters.size()) != desired_.spec.voters.replicas) return "voters";
  const std::string image = api::image_of(desired_.spec);
  for (const auto& [id, member] : cluster_.objects.members) {
    if (member.workload.has_value() != voters.contains(id)) return "workloads";
    if (voters.contains(id) && ensemble_.servers.at(id).version != image) return "versions";
    if (voters.contains(id) && !member.pod->has_voter_label) return "labels";
    if (voters.contains(id) && ensemble_.servers.at(id).signer != desired_.authority) return "CA";
  }
  const auto& budget = cluster_.objects.budget;
  const std::int32_t available = budget ? budget->available_min : 0;
  if (available != desired_.spec.voters.replicas - 1) return "budget";
  const auto& observers = cluster_.objects.observers;
  const std::int32_t ready = observers ? observers->ready : 0;
  return ready == desired_.spec.observers.replicas ? "" : "observers";
}

}  // namespace paddock::operator_simulation
