// SPDX-License-Identifier: Apache-2.0
#include "simulation/operator/oracle.h"

#include <algorithm>

#include <fmt/format.h>

#include "model/quorum.h"

namespace paddock::operator_simulation {
namespace {

/// As long as an old report or an old list may be believed.
constexpr int kGrace = 12;

}  // namespace

Oracle::Oracle(ModelCluster& cluster, ModelEnsemble& ensemble)
    : cluster_(cluster), ensemble_(ensemble) {}

void Oracle::check(bool holds, std::string what) {
  if (!holds && violation.empty()) violation = std::move(what);
}

std::set<ServerId> Oracle::voters() const {
  const Server* const leader = ensemble_.leader();
  if (leader == nullptr) return {};
  std::set<ServerId> all = leader->disk->configuration().voters;
  if (const auto& old = leader->disk->configuration().joint_with)
    all.insert(old->begin(), old->end());
  return all;
}

bool Oracle::is_standing(ServerId id) const {
  const auto found = steps_down_.find(id);
  return found == steps_down_.end() || found->second <= kGrace;
}

void Oracle::note_what_is_in_force() {
  const Server* const leader = ensemble_.leader();
  if (leader == nullptr || leader->disk->configuration().joint_with) return;
  const Entry& entry = leader->disk->configuration();
  const auto has_it = std::ranges::count_if(entry.voters, [&](ServerId id) {
    const auto server = ensemble_.servers.find(id);
    if (server == ensemble_.servers.end() || server->second.disk->log.empty()) return false;
    const Entry& its = server->second.disk->configuration();
    return its.version == entry.version && !its.joint_with;
  });
  if (model::is_majority(static_cast<std::size_t>(has_it), entry.voters.size())) {
    version_in_force_ = std::max(version_in_force_, entry.version);
  }
}

/// Before, the next leader may need the old voters once more.
bool Oracle::is_in_force() const {
  const Server* const leader = ensemble_.leader();
  return leader == nullptr || leader->disk->configuration().version <= version_in_force_;
}

void Oracle::look() {
  ++steps_;
  note_what_is_in_force();
  std::set<ServerId> all = voters();
  for (const auto& [id, member] : cluster_.objects.members) all.insert(id);
  for (const ServerId id : all) {
    const bool stands = ensemble_.is_serving(id) && ensemble_.servers.at(id).disk->may_vote;
    steps_down_[id] = stands ? 0 : steps_down_[id] + 1;
  }
  for (const auto& [id, server] : ensemble_.servers) {
    const auto& pod = cluster_.objects.members.at(id).pod;
    if (pod && !server.disk->is_empty()) newest_disk_[id] = std::max(newest_disk_[id], pod->claim);
  }
  std::erase_if(newest_disk_,
                [&](const auto& one) { return !cluster_.objects.members.contains(one.first); });
  check(ensemble_.violation.empty(), ensemble_.violation);
  check(ensemble_.do_all_trust(), "a server does not trust another one's certificate");
  check(ensemble_.ensembles_begun <= 1, "I6: the ensemble has begun twice");
}

/// I1: nobody is stopped by us while another voter is down.
void Oracle::judge_stop(ServerId id, std::string_view deed) {
  const std::set<ServerId> all = voters();
  if (!all.contains(id) || !ensemble_.is_serving(id) || is_asleep_) return;
  for (const ServerId other : all) {
    check(other == id || is_standing(other),
          fmt::format("I1: {} {} while {} is down", deed, raw(id), raw(other)));
  }
}

void Oracle::judge_drain(ServerId id, bool was_ready) {
  if (was_ready) judge_stop(id, "a drain takes");
}

void Oracle::judge(const plan::Harmless& action) {
  if (const auto* const workload = std::get_if<plan::ApplyWorkload>(&action)) {
    const auto& member = cluster_.objects.members[workload->member];
    if (!member.workload && !workload->expected) judge_disk(workload->member, workload->claim);
    if (!workload->expected || !member.workload || member.workload->object != *workload->expected)
      return;
    const bool is_harmless = member.workload->makes == workload->makes &&
                             member.workload->claim == workload->claim &&
                             (workload->runs || !member.workload->runs);
    check(is_harmless, "I9: a harmless write changes what a member runs");
  }
  if (const auto* const grant = std::get_if<plan::GrantInitialize>(&action)) {
    const auto server = ensemble_.servers.find(grant->member);
    const bool may_begin = server != ensemble_.servers.end() &&
                           server->second.disk->uid == grant->disk_id &&
                           server->second.disk->is_empty() && server->second.disk->first_voters > 0;
    check(ensemble_.ensembles_begun == 0 || !may_begin, "I6: a disk may begin again");
  }
  if (const auto* const services = std::get_if<plan::ApplyServices>(&action)) {
    check(!services->serve_clients || ensemble_.ensembles_begun == 1,
          "I6: clients come before the ensemble has begun");
  }
}

/// I7, for disks that were given up: they do not have what was written since, and would vote.
void Oracle::judge_disk(ServerId id, model::Generation claim) {
  const auto newest = newest_disk_.find(id);
  check(newest == newest_disk_.end() || claim >= newest->second,
        fmt::format("I7: {} goes back to a disk that it has given up", raw(id)));
}

void Oracle::judge_change(const plan::ChangeWorkload& action) {
  const auto& member = cluster_.objects.members[action.to.member];
  if (!member.workload || member.workload->object != action.to.expected) return;
  if (action.pod && (!member.pod || member.pod->object.uid != action.pod->uid)) return;
  if (member.workload->claim != action.to.claim) judge_disk(action.to.member, action.to.claim);
  if (!action.to.runs) return judge_stop(action.to.member, "stopping");
  // What its pod has anyway may be taken back at any time.
  const bool keeps = member.pod && member.pod->claim == action.to.claim;
  if (keeps || member.workload->claim == action.to.claim) return;
  judge_stop(action.to.member, "taking the disk of");
}

/// I3, I4, I5.
void Oracle::judge_reconfigure(const plan::Reconfigure& action) {
  const Server* const leader = ensemble_.leader();
  if (leader == nullptr || leader->disk->configuration().joint_with) return;
  const Entry& now = leader->disk->configuration();
  if (now.version != raw(action.from_version)) return;
  std::set<ServerId> next = now.voters;
  const bool adds = action.change == plan::Reconfigure::Change::AddVoter;
  check(adds != next.contains(action.member), "I3: a reconfiguration that changes nothing");
  if (adds) {
    next.insert(action.member);
    const auto server = ensemble_.servers.find(action.member);
    check(server == ensemble_.servers.end() || !server->second.disk->is_empty(),
          fmt::format("I5: {} is to vote and has nothing", raw(action.member)));
    check(is_standing(action.member), fmt::format("I5: {} is not in step", raw(action.member)));
  } else {
    next.erase(action.member);
  }
  const auto standing = std::ranges::count_if(next, [&](ServerId id) { return is_standing(id); });
  check(model::is_majority(static_cast<std::size_t>(standing), next.size()),
        fmt::format("I4: {} of {} voters would stand", standing, next.size()));
}

void Oracle::judge(const plan::Disruptive& action) {
  if (const auto* const eviction = std::get_if<plan::EvictPod>(&action)) {
    const auto& member = cluster_.objects.members[eviction->member];
    if (member.pod && member.pod->object.uid == eviction->pod.uid) {
      judge_stop(eviction->member, "evicting");
    }
  }
  if (const auto* const change = std::get_if<plan::ChangeWorkload>(&action)) judge_change(*change);
  if (const auto* const reconfigure = std::get_if<plan::Reconfigure>(&action)) {
    judge_reconfigure(*reconfigure);
  }
  if (const auto* const deletion = std::get_if<plan::DeleteWorkload>(&action)) {
    const auto& member = cluster_.objects.members[deletion->member];
    const bool hits = member.workload && member.workload->object == deletion->workload;
    check(!hits || !voters().contains(deletion->member),
          fmt::format("I2: workload {} of a voter is deleted", raw(deletion->member)));
    check(!hits || is_in_force(),
          fmt::format("I2: workload {} is deleted and the change is not in force",
                      raw(deletion->member)));
  }
  if (const auto* const deletion = std::get_if<plan::DeleteClaim>(&action)) {
    const auto& member = cluster_.objects.members[deletion->member];
    const bool is_used = (member.workload && member.workload->claim == deletion->generation) ||
                         (member.pod && member.pod->claim == deletion->generation);
    check(!is_used || !voters().contains(deletion->member),
          fmt::format("I2: the disk of {} is deleted", raw(deletion->member)));
  }
}

}  // namespace paddock::operator_simulation
