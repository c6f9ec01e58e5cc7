// SPDX-License-Identifier: Apache-2.0
#include "runtime/ensemble_report.h"

#include <algorithm>

#include <fmt/format.h>

#include "reconfig/members.h"
#include "runtime/first_start.h"

namespace paddock::runtime {
namespace {

std::string role_of(const zab::Peer& peer, const reconfig::Members& members) {
  if (!peer.leader()) return "looking";
  if (peer.role() == zab::Role::Leading) return "leader";
  const zab::State& state = peer.state();
  const ServerId self = state.options.self;
  if (!members.servers.contains(self)) return "joining";
  if (state.is_voter()) return "follower";
  const bool is_observer = state.quorums().is_member(self) && !state.quorums().is_voter(self);
  return is_observer ? "observer" : "joining";
}

admin::MemberReport report_of(const config::Member& member) {
  const config::PeerAddress& address = member.addresses.front();
  return {.id = member.id,
          .is_observer = member.type == config::PeerType::Observer,
          .quorum_address = config::to_string({address.host, address.quorum_port}),
          .election_address = config::to_string({address.host, address.election_port}),
          .client_address = member.client ? config::to_string(*member.client) : ""};
}

const config::Member* find(const std::map<ServerId, config::Member>& members, ServerId id) {
  const auto found = members.find(id);
  return found == members.end() ? nullptr : &found->second;
}

std::string ports(const config::Member& member, std::uint16_t config::PeerAddress::* port) {
  std::string all;
  for (const config::PeerAddress& address : member.addresses) {
    all += fmt::format("{}{}", all.empty() ? "" : "|", address.*port);
  }
  return all;
}

/// As it is configured and, if the ensemble has it otherwise, as that does.
admin::MemberConfigReport member_config(const config::EnsembleConfig& config,
                                        const election::Quorums& quorums,
                                        const reconfig::Members& members) {
  admin::MemberConfigReport report;
  report.init_limit = config.init_limit;
  report.sync_limit = config.sync_limit;
  report.is_observer = config.peer_type == config::PeerType::Observer;
  report.membership = quorums.committed.text;
  const config::Member* self = find(config.members, config.my_id);
  if (const config::Member* agreed = find(members.servers, config.my_id)) self = agreed;
  if (self == nullptr) return report;
  report.election_ports = ports(*self, &config::PeerAddress::election_port);
  report.quorum_ports = ports(*self, &config::PeerAddress::quorum_port);
  report.is_observer = self->type == config::PeerType::Observer;
  return report;
}

std::optional<std::int64_t> lag_of(const zab::Leader::Follower& follower, Zxid last) {
  if (follower.feeder || follower.acked.epoch() != last.epoch()) return std::nullopt;
  return std::max<std::int64_t>(last.value - follower.acked.value, 0);
}

std::optional<admin::LeadershipReport> leadership_of(const replica::Replica& replica,
                                                     MonotonicTime now) {
  const std::optional<MonotonicTime> since = replica.leading_since();
  if (!since) return std::nullopt;
  return admin::LeadershipReport{.uptime = std::chrono::duration_cast<milliseconds>(now - *since),
                                 .proposals = replica.counters().proposal_sizes};
}

/// Zxids of the same epoch count its transactions; across epochs nothing is known but that it lags.
std::int64_t apply_lag(const replica::Replica& replica) {
  const Zxid committed = replica.peer().committed();
  const Zxid applied = replica.last_applied();
  if (committed <= applied) return 0;
  if (committed.epoch() != applied.epoch()) return committed.counter() + std::int64_t{1};
  return committed.value - applied.value;
}

}  // namespace

admin::EnsembleReport ensemble_report(const replica::Replica& replica,
                                      const config::ServerConfig& config,
                                      MonotonicTime now) {
  const zab::Peer& peer = replica.peer();
  const zab::State& state = peer.state();
  const election::Quorums& configuration = replica.configuration();
  admin::EnsembleReport report;
  report.self = state.options.self;
  const reconfig::Members members =
      replica.listed().value_or(reconfig::members_of(configuration.latest()));
  report.role = role_of(peer, members);
  report.phase = zab::name(peer.phase());
  report.leader = peer.leader();
  report.votes = state.is_voter() && members.servers.contains(report.self);
  report.is_empty = holds_nothing(state);
  report.apply_lag = apply_lag(replica);
  report.epoch = peer.epoch();
  report.accepted_epoch = state.epochs.accepted;
  report.current_epoch = state.epochs.current;
  report.elections = peer.counters().elections;
  report.election_times = replica.standing_times().elections();
  report.unavailable_times = replica.standing_times().unavailable();
  report.leader_unavailable_times = replica.standing_times().leader_unavailable();
  report.follower_sync_times = replica.standing_times().follower_sync();
  report.observer_sync_times = replica.standing_times().observer_sync();
  report.diffs = replica.link_counters().diffs;
  report.snapshots = replica.link_counters().snapshots;
  report.proposals_received = replica.link_counters().proposals_received;
  report.commits_received = replica.link_counters().commits_received;
  report.ensemble_id = replica.charter().ensemble_id;
  report.feature_level = replica.charter().feature_level;
  report.feature_level_max = replica.feature_level();
  report.digest_mismatches = replica.counters().digest_mismatches;
  report.rebuilds = replica.counters().rebuilds;
  report.activated_version = configuration.committed.version;
  report.committed_version = configuration.latest().version;
  for (const auto& [id, member] : members.servers) report.members.push_back(report_of(member));
  report.config = member_config(config.ensemble, configuration, members);
  if (config.clients.plain) report.own_client_address = config::to_string(*config.clients.plain);
  report.leadership = leadership_of(replica, now);
  for (const zab::Leader::Follower& follower : peer.followers()) {
    report.followers.push_back({.id = follower.id,
                                .is_voter = follower.is_voter,
                                .is_in_step = follower.is_in_step,
                                .lag = lag_of(follower, peer.last()),
                                .feeder = follower.feeder});
  }
  report.feeder = peer.feeder();
  report.fed_observers = peer.fed_observers();
  return report;
}

}  // namespace paddock::runtime
