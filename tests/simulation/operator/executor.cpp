// SPDX-License-Identifier: Apache-2.0
#include "simulation/operator/executor.h"

#include <algorithm>
#include <memory>

namespace paddock::operator_simulation {

using observe::ClaimView;
using observe::MemberView;
using observe::WorkloadView;

Executor::Executor(ModelCluster& cluster, ModelEnsemble& ensemble, Oracle& oracle)
    : cluster_(cluster), ensemble_(ensemble), oracle_(oracle) {}

WriteAnswer Executor::carry_out(const Action& action) {
  return std::visit(
      [&](const auto& of_a_kind) {
        oracle_.judge(of_a_kind);
        return std::visit([&](const auto& one) { return apply(one); }, of_a_kind);
      },
      action);
}

template <class View>
WriteAnswer Executor::write(std::optional<View>& is, const plan::Expected& expected, View view) {
  if (is.has_value() != expected.has_value()) return WriteAnswer::Conflict;
  if (is && is->object != *expected) return WriteAnswer::Conflict;
  view.object = is ? is->object : cluster_.new_object();
  is = std::move(view);
  cluster_.touch(is->object);
  return WriteAnswer::Done;
}

WriteAnswer Executor::apply(const plan::LatchBootstrap& action) {
  observe::EnsembleView& ensemble = cluster_.objects.ensemble;
  if (ensemble.object != action.expected) return WriteAnswer::Conflict;
  ensemble.bootstrap_voters = action.voters;
  cluster_.touch(ensemble.object);
  return WriteAnswer::Done;
}

WriteAnswer Executor::apply(const plan::LatchEnsemble& action) {
  observe::EnsembleView& ensemble = cluster_.objects.ensemble;
  if (ensemble.object != action.expected) return WriteAnswer::Conflict;
  ensemble.ensemble_id = action.ensemble_id;
  cluster_.touch(ensemble.object);
  return WriteAnswer::Done;
}

WriteAnswer Executor::apply(const plan::ApplyServices& action) {
  return write(cluster_.objects.services,
               action.expected,
               observe::ServicesView{.object = {}, .serve_clients = action.serve_clients});
}

WriteAnswer Executor::apply(const plan::ApplyConfiguration& action) {
  return write(
      cluster_.objects.configuration,
      action.expected,
      observe::ConfigMapView{
          .object = {}, .reload_hash = action.reload_hash, .applied = cluster_.objects.now});
}

WriteAnswer Executor::apply(const plan::ApplyBudget& action) {
  return write(cluster_.objects.budget,
               action.expected,
               observe::BudgetView{.object = {}, .available_min = action.available_min});
}

WriteAnswer Executor::apply(const plan::ApplyObservers& action) {
  observe::ObserversView view{.object = {}, .makes = action.makes, .replicas = action.replicas};
  const auto& is = cluster_.objects.observers;
  view.changed = cluster_.objects.now;
  if (is && is->makes == action.makes) {
    view.ready = is->ready;
    view.updated = std::min(is->updated, action.replicas);
    view.updated_ready = std::min(is->updated_ready, action.replicas);
    view.changed = is->changed;
  }
  return write(cluster_.objects.observers, action.expected, std::move(view));
}

WriteAnswer Executor::apply(const plan::ApplyCertificates& action) {
  return write(
      cluster_.objects.certificates,
      action.expected,
      observe::CertificatesView{.object = {}, .trusted = action.trusted, .signer = action.signer});
}

WriteAnswer Executor::apply(const plan::ApplyClaim& action) {
  std::vector<ClaimView>& claims = cluster_.objects.members[action.member].claims;
  const auto found = std::ranges::find(claims, action.generation, &ClaimView::generation);
  const bool is_there = found != claims.end();
  if (is_there != action.expected.has_value()) return WriteAnswer::Conflict;
  if (is_there && found->object != *action.expected) return WriteAnswer::Conflict;
  ClaimView& claim = is_there ? *found : claims.emplace_back();
  if (!is_there) {
    claim.object = cluster_.new_object();
    auto disk = std::make_unique<Disk>();
    disk->uid = claim.object.uid;
    disk->first_voters = action.bootstrap_voters;
    cluster_.disks[claim.object.uid] = std::move(disk);
  }
  claim.waits_for_restart |= is_there && claim.size < action.size && cluster_.grows_offline;
  claim.generation = action.generation;
  claim.size = action.size;
  claim.ensemble_id = action.ensemble_id;
  claim.bootstrap_voters = action.bootstrap_voters;
  claim.is_retired = action.is_retired;
  cluster_.touch(claim.object);
  std::ranges::sort(claims, {}, &ClaimView::generation);
  return WriteAnswer::Done;
}

WriteAnswer Executor::apply(const plan::ApplyWorkload& action) {
  return write(cluster_.objects.members[action.member].workload,
               action.expected,
               WorkloadView{.object = {},
                            .makes = action.makes,
                            .claim = action.claim,
                            .runs = action.runs,
                            .labels_voter = action.labels_voter});
}

WriteAnswer Executor::apply(const plan::LabelVoter& action) {
  MemberView& member = cluster_.objects.members[action.member];
  if (!member.pod || member.pod->object != action.pod) return WriteAnswer::Conflict;
  member.pod->has_voter_label = action.is_voter;
  cluster_.touch(member.pod->object);
  return WriteAnswer::Done;
}

WriteAnswer Executor::apply(const plan::GrantInitialize& action) {
  const auto server = ensemble_.servers.find(action.member);
  if (server == ensemble_.servers.end()) return WriteAnswer::NotFound;
  if (server->second.disk->uid != action.disk_id) return WriteAnswer::Conflict;
  if (server->second.disk->is_empty()) server->second.disk->is_granted = true;
  return WriteAnswer::Done;
}

WriteAnswer Executor::apply(const plan::AskReload& action) {
  const auto server = ensemble_.servers.find(action.member);
  if (server == ensemble_.servers.end()) return WriteAnswer::NotFound;
  server->second.reload_hash = server->second.mounted_hash;
  return WriteAnswer::Done;
}

WriteAnswer Executor::apply(const plan::ChangeWorkload& action) {
  if (action.pod) {
    const auto& pod = cluster_.objects.members[action.to.member].pod;
    if (!pod || pod->object.uid != action.pod->uid) return WriteAnswer::Conflict;
  }
  return apply(action.to);
}

WriteAnswer Executor::apply(const plan::EvictPod& action) {
  return cluster_.evict(action.member, action.pod);
}

WriteAnswer Executor::apply(const plan::TransferLeader& action) {
  return ensemble_.transfer(action.from, action.to) ? WriteAnswer::Done : WriteAnswer::Conflict;
}

WriteAnswer Executor::apply(const plan::Reconfigure& action) {
  const bool adds = action.change == plan::Reconfigure::Change::AddVoter;
  const auto answer = ensemble_.reconfigure(action.member, adds, raw(action.from_version));
  return answer == ReconfigAnswer::Accepted ? WriteAnswer::Done : WriteAnswer::Conflict;
}

WriteAnswer Executor::apply(const plan::DeleteWorkload& action) {
  auto& workload = cluster_.objects.members[action.member].workload;
  if (!workload || workload->object != action.workload) return WriteAnswer::Conflict;
  workload.reset();
  return WriteAnswer::Done;
}

WriteAnswer Executor::apply(const plan::DeleteClaim& action) {
  std::vector<ClaimView>& claims = cluster_.objects.members[action.member].claims;
  const auto found = std::ranges::find(claims, action.generation, &ClaimView::generation);
  if (found == claims.end() || found->object != action.claim) return WriteAnswer::Conflict;
  found->is_terminating = true;
  cluster_.touch(found->object);
  return WriteAnswer::Done;
}

}  // namespace paddock::operator_simulation
