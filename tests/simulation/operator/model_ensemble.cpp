// SPDX-License-Identifier: Apache-2.0
#include "simulation/operator/model_ensemble.h"

#include <algorithm>
#include <ranges>
#include <tuple>

#include <fmt/format.h>

#include "base/assert.h"
#include "model/quorum.h"

namespace paddock::operator_simulation {
namespace {

bool has_majority(const Voters& some, const Voters& voters) {
  const auto count = std::ranges::count_if(voters, [&](ServerId id) { return some.contains(id); });
  return model::is_majority(static_cast<std::size_t>(count), voters.size());
}

std::int64_t last_zxid(const Disk& disk) {
  return disk.log.empty() ? 0 : disk.log.back().zxid;
}

Voters first(std::int32_t count) {
  Voters voters;
  for (std::int32_t number = 1; number <= count; ++number) voters.insert(ServerId{number});
  return voters;
}

}  // namespace

const Entry& Disk::configuration() const {
  const auto found =
      std::ranges::find_if(log.rbegin(), log.rend(), [](const Entry& e) { return e.write == 0; });
  PADDOCK_ASSERT(found != log.rend());
  return *found;
}

bool Disk::counts(ServerId id) const {
  const Entry& entry = configuration();
  return entry.voters.contains(id) || (entry.joint_with && entry.joint_with->contains(id));
}

bool Disk::is_quorum(const Voters& some) const {
  const Entry& entry = configuration();
  return has_majority(some, entry.voters) &&
         (!entry.joint_with || has_majority(some, *entry.joint_with));
}

bool ModelEnsemble::is_linked(ServerId a, ServerId b) const {
  const Server& one = servers.at(a);
  const Server& other = servers.at(b);
  if (one.is_isolated || other.is_isolated) return a == b;
  return one.trusted.contains(other.signer) && other.trusted.contains(one.signer);
}

bool ModelEnsemble::do_all_trust() const {
  for (const auto& [id, server] : servers) {
    for (const auto& [other, its] : servers) {
      if (!server.trusted.empty() && !its.trusted.empty() && !server.trusted.contains(its.signer)) {
        return false;
      }
    }
  }
  return true;
}

const Server* ModelEnsemble::leader() const {
  const auto id = leader_id();
  return id ? &servers.at(*id) : nullptr;
}

std::optional<ServerId> ModelEnsemble::leader_id() const {
  for (const auto& [id, server] : servers) {
    if (server.leader == id) return id;
  }
  return std::nullopt;
}

bool ModelEnsemble::is_serving(ServerId id) const {
  const auto found = servers.find(id);
  return found != servers.end() && found->second.leader && found->second.is_synced;
}

bool ModelEnsemble::is_full(ServerId id) const {
  if (!is_serving(id)) return false;
  const Server& server = servers.at(id);
  const Disk& leaders = *servers.at(*server.leader).disk;
  return server.disk->may_vote && leaders.counts(id) &&
         last_zxid(*server.disk) == last_zxid(leaders);
}

observe::MemberReport ModelEnsemble::report(ServerId id) const {
  const Server& server = servers.at(id);
  const Disk& disk = *server.disk;
  observe::MemberReport report;
  report.id = id;
  report.disk_id = disk.uid;
  report.ensemble_id = disk.ensemble_id;
  report.serving = is_serving(id);
  report.leader = server.leader;
  report.epoch = report.current_epoch = disk.epoch;
  report.last_zxid = Zxid{last_zxid(disk)};
  report.version = server.version;
  report.reload_hash = server.reload_hash;
  report.trusted_authorities = server.trusted;
  report.certificate_authority = server.signer;
  if (disk.is_empty()) {
    report.role = observe::Role::Joining;
    return report;
  }
  const Entry& entry = disk.configuration();
  report.committed = model::ConfigVersion{entry.version};
  report.activated.version = report.committed;
  report.activated.voters = entry.voters;
  if (entry.joint_with) {
    report.activated.voters = *entry.joint_with;
    report.activated.version = model::ConfigVersion{entry.version - 1};
  }
  report.votes = disk.may_vote && report.activated.voters.contains(id);
  report.role = observe::Role::Looking;
  if (server.leader == id) report.role = observe::Role::Leader;
  if (server.leader && server.leader != id) {
    report.role = report.votes ? observe::Role::Follower : observe::Role::Joining;
  }
  return report;
}

void ModelEnsemble::stop(ServerId id) {
  if (servers.contains(id) && servers.at(id).leader == id) depose(id);
  servers.erase(id);
}

void ModelEnsemble::depose(ServerId leader) {
  for (auto& [id, server] : servers) {
    if (server.leader != leader) continue;
    server.leader.reset();
    server.is_synced = false;
  }
}

Voters ModelEnsemble::backers(ServerId leader) const {
  Voters voters;
  for (const auto& [id, server] : servers) {
    if (server.leader == leader && server.is_synced && server.disk->may_vote) voters.insert(id);
  }
  return voters;
}

void ModelEnsemble::step(Prng& prng, bool clients_come) {
  for (auto& [id, server] : servers) {
    if (!server.leader || server.leader == id) continue;
    if (servers.contains(*server.leader) && is_linked(id, *server.leader)) continue;
    server.leader.reset();
    server.is_synced = false;
  }
  if (const auto id = leader_id()) {
    const Disk& disk = *servers.at(*id).disk;
    if (!disk.is_quorum(backers(*id)) || may_leave(*id)) depose(*id);
  }
  begin();
  if (!leader_id()) elect(prng);
  const auto id = leader_id();
  if (!id) return;
  for (const ServerId other : std::views::keys(servers)) {
    if (other != *id && is_linked(other, *id) && prng.chance(2, 3)) follow(other, *id);
  }
  replicate(*id, prng, clients_come);
}

/// A leader that is removed stays until those that are left have that in their logs.
bool ModelEnsemble::may_leave(ServerId id) const {
  const Disk& disk = *servers.at(id).disk;
  return !disk.counts(id) && disk.is_quorum(holders_of(id, disk.configuration().zxid));
}

Voters ModelEnsemble::holders_of(ServerId leader, std::int64_t zxid) const {
  Voters holders;
  for (const ServerId id : backers(leader)) {
    if (last_zxid(*servers.at(id).disk) >= zxid) holders.insert(id);
  }
  return holders;
}

/// As the server does it: all that its zoo.cfg names are linked and empty, and each was allowed to.
void ModelEnsemble::begin() {
  const auto found = servers.find(ServerId{1});
  if (found == servers.end() || !found->second.disk->is_empty()) return;
  const std::int32_t count = found->second.disk->first_voters;
  if (count == 0) return;
  for (const ServerId id : first(count)) {
    const auto server = servers.find(id);
    if (server == servers.end() || !is_linked(id, ServerId{1})) return;
    const Disk& disk = *server->second.disk;
    if (!disk.is_empty() || !disk.is_granted || disk.first_voters != count) return;
  }
  ++ensembles_begun;
  const Entry entry{.zxid = Zxid::of(1, 0).value, .voters = first(count), .joint_with = {}};
  for (const ServerId id : first(count)) {
    Disk& disk = *servers.at(id).disk;
    disk.ensemble_id = fmt::format("ensemble-{}", ensembles_begun);
    disk.log = {entry};
    disk.may_vote = true;
    disk.is_granted = false;
  }
}

void ModelEnsemble::elect(Prng& prng) {
  std::optional<ServerId> best;
  const auto rank = [&](ServerId id) {
    const Disk& disk = *servers.at(id).disk;
    return std::tuple{disk.epoch, last_zxid(disk), disk.is_empty() || disk.counts(id), raw(id)};
  };
  for (const auto& [id, server] : servers) {
    if (server.disk->is_empty() || !server.disk->may_vote) continue;
    Voters supporters;
    for (const auto& [other, its] : servers) {
      const bool supports = is_linked(id, other) && !its.disk->is_empty() && its.disk->may_vote &&
                            its.disk->ensemble_id == server.disk->ensemble_id &&
                            rank(other) <= rank(id);
      if (supports) supporters.insert(other);
    }
    if (server.disk->is_quorum(supporters) && (!best || rank(id) > rank(*best))) best = id;
  }
  if (best && prng.chance(2, 3)) lead(*best, prng);
}

void ModelEnsemble::lead(ServerId id, Prng&) {
  Server& leader = servers.at(id);
  std::int64_t epoch = leader.disk->epoch;
  for (const auto& [other, server] : servers) {
    if (is_linked(id, other)) epoch = std::max(epoch, server.disk->epoch);
  }
  leader.disk->epoch = epoch + 1;
  leader.leader = id;
  leader.is_synced = true;
  for (const auto& [other, server] : servers) {
    const bool votes = server.disk->may_vote && leader.disk->counts(other);
    if (votes && is_linked(id, other)) follow(other, id);
  }
  for (const std::int64_t write : acknowledged) {
    const auto has = [&](const Entry& entry) {
      return entry.write == write;
    };
    if (std::ranges::none_of(leader.disk->log, has) && violation.empty()) {
      violation = fmt::format("leader {} has not the acknowledged write {}", raw(id), write);
    }
  }
}

void ModelEnsemble::follow(ServerId id, ServerId leader) {
  Server& server = servers.at(id);
  Server& its = servers.at(leader);
  if (id == leader) return;
  if (!server.disk->is_empty() && server.disk->ensemble_id != its.disk->ensemble_id) return;
  server.leader = leader;
  server.is_synced = true;
  server.disk->ensemble_id = its.disk->ensemble_id;
  server.disk->is_granted = false;
  server.disk->epoch = its.disk->epoch;
  server.disk->log = its.disk->log;
  // The leader was confirmed by a quorum without it: it is one by its own backers.
  server.disk->may_vote = true;
}

void ModelEnsemble::replicate(ServerId id, Prng& prng, bool clients_come) {
  Server& leader = servers.at(id);
  if (clients_come) {
    const std::int64_t zxid = std::max(
        last_zxid(*leader.disk), Zxid::of(static_cast<std::uint32_t>(leader.disk->epoch), 0).value);
    leader.disk->log.push_back(
        {.zxid = zxid + 1, .write = ++writes_, .voters = {}, .joint_with = {}});
  }
  for (auto& [other, server] : servers) {
    const bool gets_it = server.leader == id && server.is_synced && other != id;
    if (gets_it && prng.chance(2, 3)) server.disk->log = leader.disk->log;
  }
  commit(id);
  finish_reconfiguration(id, prng);
}

void ModelEnsemble::commit(ServerId id) {
  const Disk& disk = *servers.at(id).disk;
  for (const Entry& entry : std::views::reverse(disk.log)) {
    if (acknowledged.contains(entry.write)) return;
    if (entry.write != 0 && disk.is_quorum(holders_of(id, entry.zxid))) {
      acknowledged.insert(entry.write);
    }
  }
}

void ModelEnsemble::finish_reconfiguration(ServerId id, Prng& prng) {
  Disk& disk = *servers.at(id).disk;
  const Entry entry = disk.configuration();
  if (!entry.joint_with || prng.chance(1, 3)) return;
  if (!disk.is_quorum(holders_of(id, entry.zxid))) return;
  disk.log.push_back({.zxid = last_zxid(disk) + 1,
                      .voters = entry.voters,
                      .joint_with = {},
                      .version = entry.version});
}

ReconfigAnswer ModelEnsemble::reconfigure(ServerId member, bool adds, std::int64_t from_version) {
  const auto id = leader_id();
  if (!id) return ReconfigAnswer::NotLeader;
  Disk& disk = *servers.at(*id).disk;
  const Entry now = disk.configuration();
  if (now.joint_with) return ReconfigAnswer::InProgress;
  if (now.version != from_version) return ReconfigAnswer::BadVersion;
  Voters voters = now.voters;
  if (adds) voters.insert(member);
  if (!adds) voters.erase(member);
  if (adds && !is_serving(member)) return ReconfigAnswer::NoQuorum;
  if (voters.empty() || !has_majority(backers(*id), voters)) return ReconfigAnswer::NoQuorum;
  const std::int64_t zxid =
      std::max(last_zxid(disk), Zxid::of(static_cast<std::uint32_t>(disk.epoch), 0).value) + 1;
  disk.log.push_back({.zxid = zxid, .voters = voters, .joint_with = now.voters, .version = zxid});
  return ReconfigAnswer::Accepted;
}

bool ModelEnsemble::transfer(ServerId from, ServerId to) {
  if (leader_id() != from || !is_full(to)) return false;
  depose(from);
  Server& leader = servers.at(to);
  leader.disk->epoch += 1;
  leader.leader = to;
  leader.is_synced = true;
  for (const ServerId id : std::views::keys(servers)) {
    if (is_linked(id, to)) follow(id, to);
  }
  return true;
}

}  // namespace paddock::operator_simulation
