// SPDX-License-Identifier: Apache-2.0
#include "simulation/operator/model_cluster.h"

#include <algorithm>
#include <memory>

#include <fmt/format.h>

namespace paddock::operator_simulation {

using observe::ClaimView;
using observe::MemberView;
using observe::PodView;
using observe::WorkloadView;

namespace {

ClaimView* find(MemberView& member, model::Generation generation) {
  const auto found = std::ranges::find(member.claims, generation, &ClaimView::generation);
  return found == member.claims.end() ? nullptr : &*found;
}

}  // namespace

ModelCluster::ModelCluster(std::int32_t count) {
  for (std::int32_t node = 1; node <= count; ++node) nodes[node] = {};
  objects.ensemble.object = new_object();
}

model::ObjectVersion ModelCluster::new_object() {
  ++counter_;
  return {fmt::format("uid-{}", counter_), fmt::format("{}", counter_)};
}

void ModelCluster::touch(model::ObjectVersion& object) {
  object.resource_version = fmt::format("{}", ++counter_);
}

void ModelCluster::set_ready(PodView& pod, bool is_ready) {
  if (pod.is_ready == is_ready) return;
  pod.is_ready = is_ready;
  pod.ready_changed = objects.now;
  touch(pod.object);
}

WriteAnswer ModelCluster::evict(ServerId id, const model::ObjectVersion& object) {
  const auto found = objects.members.find(id);
  if (found == objects.members.end() || !found->second.pod) return WriteAnswer::NotFound;
  PodView& pod = *found->second.pod;
  if (pod.object.uid != object.uid) return WriteAnswer::NotFound;
  std::int32_t available = 0;
  for (const auto& [other, member] : objects.members) {
    if (member.pod && member.pod->has_voter_label && member.pod->is_ready) ++available;
  }
  const bool is_guarded = pod.has_voter_label && pod.is_ready && objects.budget;
  if (is_guarded && available - 1 < objects.budget->available_min) return WriteAnswer::Forbidden;
  pod.is_terminating = true;
  touch(pod.object);
  return WriteAnswer::Done;
}

void ModelCluster::lose_claim(ServerId id, model::Generation generation) {
  ClaimView* const claim = find(objects.members.at(id), generation);
  claim->is_lost = true;
  touch(claim->object);
}

void ModelCluster::step(Prng& prng, ModelEnsemble& ensemble) {
  control_workloads();
  control_observers();
  end_pods(prng, ensemble);
  for (auto& [id, member] : objects.members) {
    if (member.pod) run_pod(id, member, ensemble, prng);
  }
  protect_claims();
  std::erase_if(objects.members, [](const auto& entry) {
    const MemberView& member = entry.second;
    return !member.workload && !member.pod && member.claims.empty();
  });
}

void ModelCluster::control_workloads() {
  for (auto& [id, member] : objects.members) {
    const bool is_wanted = member.workload && member.workload->runs;
    if (!is_wanted && member.pod && !member.pod->is_terminating) {
      member.pod->is_terminating = true;
      touch(member.pod->object);
    }
    if (!is_wanted || member.pod) continue;
    member.pod = PodView{.object = new_object(),
                         .made_from = member.workload->makes,
                         .claim = member.workload->claim,
                         .ready_changed = objects.now,
                         .created = objects.now,
                         .unschedulable_since = {},
                         .has_voter_label = member.workload->labels_voter};
  }
}

void ModelCluster::control_observers() {
  if (!objects.observers) return;
  observe::ObserversView& observers = *objects.observers;
  const bool is_bad = bad_images.contains(observers.makes.image);
  if (observers.updated < observers.replicas && observers.updated_ready == observers.updated) {
    ++observers.updated;
  }
  observers.updated = std::min(observers.updated, observers.replicas);
  observers.updated_ready = std::min(observers.updated_ready, observers.updated);
  if (!is_bad && observers.updated_ready < observers.updated) ++observers.updated_ready;
  observers.ready = observers.replicas - (observers.updated - observers.updated_ready);
}

void ModelCluster::end_pods(Prng& prng, ModelEnsemble& ensemble) {
  for (auto& [id, member] : objects.members) {
    if (!member.pod || !member.pod->is_terminating) continue;
    const auto node = node_of_pod.find(member.pod->object.uid);
    const bool is_bound = node != node_of_pod.end();
    // Nobody says that a pod has ended on a node that is off, until the node is removed.
    if (is_bound && nodes.contains(node->second) && !nodes.at(node->second).is_up) continue;
    if (is_bound && prng.chance(1, 3)) continue;
    ensemble.stop(id);
    if (is_bound) node_of_pod.erase(node);
    member.pod.reset();
  }
}

void ModelCluster::schedule(PodView& pod, const ClaimView* claim, Prng& prng) {
  std::vector<std::int32_t> free;
  for (const auto& [number, node] : nodes) {
    const bool is_taken =
        std::ranges::any_of(node_of_pod, [&](const auto& entry) { return entry.second == number; });
    if (node.is_up && !node.is_cordoned && !is_taken) free.push_back(number);
  }
  if (claim != nullptr && node_of_claim.contains(claim->object.uid)) {
    const std::int32_t only = node_of_claim.at(claim->object.uid);
    free.clear();
    const auto node = nodes.find(only);
    if (node != nodes.end() && node->second.is_up && !node->second.is_cordoned) free = {only};
  }
  if (free.empty() || claim == nullptr || claim->is_lost) {
    if (!pod.unschedulable_since) {
      pod.unschedulable_since = objects.now;
      touch(pod.object);
    }
    return;
  }
  pod.unschedulable_since.reset();
  const std::int32_t chosen = free[prng.below(free.size())];
  node_of_pod[pod.object.uid] = chosen;
  starting_[pod.object.uid] = static_cast<std::int32_t>(prng.below(3)) + 1;
  if (has_local_volumes) node_of_claim[claim->object.uid] = chosen;
  touch(pod.object);
}

void ModelCluster::run_pod(ServerId id, MemberView& member, ModelEnsemble& ensemble, Prng& prng) {
  PodView& pod = *member.pod;
  ClaimView* const claim = find(member, pod.claim);
  if (!node_of_pod.contains(pod.object.uid)) {
    if (!pod.is_terminating) schedule(pod, claim, prng);
    return;
  }
  const Node& node = nodes.at(node_of_pod.at(pod.object.uid));
  if (!node.is_up || bad_images.contains(pod.made_from.image)) {
    ensemble.stop(id);
    if (node.is_up) pod.is_failing = true;
    set_ready(pod, false);
    return;
  }
  if (!ensemble.servers.contains(id)) {
    if (--starting_[pod.object.uid] > 0 || claim == nullptr || claim->is_lost) {
      set_ready(pod, false);
      return;
    }
    claim->waits_for_restart = false;
    ensemble.servers[id] = Server{.disk = disks.at(claim->object.uid).get(),
                                  .version = pod.made_from.image,
                                  .reload_hash = {},
                                  .trusted = {},
                                  .leader = {}};
  }
  Server& server = ensemble.servers.at(id);
  // Mounted files follow their objects after a while.
  if (objects.configuration && (!server.mounted_hash || prng.chance(1, 4))) {
    server.mounted_hash = objects.configuration->reload_hash;
    if (!server.reload_hash) server.reload_hash = server.mounted_hash;
  }
  if (objects.certificates && (server.trusted.empty() || prng.chance(1, 4))) {
    server.trusted = objects.certificates->trusted;
    server.signer = objects.certificates->signer;
  }
  set_ready(pod, ensemble.is_serving(id));
}

/// A claim that is deleted stays while a pod uses it.
void ModelCluster::protect_claims() {
  for (auto& [id, member] : objects.members) {
    std::erase_if(member.claims, [&](const ClaimView& claim) {
      const bool is_used = member.pod && member.pod->claim == claim.generation;
      if (!claim.is_terminating || is_used) return false;
      disks.erase(claim.object.uid);
      return true;
    });
  }
}

void ModelCluster::collect_garbage() {
  for (auto& [id, member] : objects.members) member.workload.reset();
  objects.observers.reset();
  objects.budget.reset();
  objects.configuration.reset();
  objects.services.reset();
}

void ModelCluster::remove_node(std::int32_t number) {
  nodes.erase(number);
  for (auto& [id, member] : objects.members) {
    if (!member.pod) continue;
    const auto bound = node_of_pod.find(member.pod->object.uid);
    if (bound == node_of_pod.end() || bound->second != number) continue;
    node_of_pod.erase(bound);
    member.pod.reset();
  }
}

}  // namespace paddock::operator_simulation
