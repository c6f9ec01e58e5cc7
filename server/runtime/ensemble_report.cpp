// SPDX-License-Identifier: Apache-2.0
#include "runtime/ensemble_report.h"

#include "reconfig/members.h"

namespace paddock::runtime {
namespace {

std::string role_of(const zab::Peer& peer) {
  if (!peer.leader()) return "looking";
  if (peer.role() == zab::Role::Leading) return "leader";
  const zab::State& state = peer.state();
  const ServerId self = state.options.self;
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

}  // namespace

admin::EnsembleReport ensemble_report(const replica::Replica& replica) {
  const zab::Peer& peer = replica.peer();
  const zab::State& state = peer.state();
  const election::Quorums& configuration = replica.configuration();
  admin::EnsembleReport report;
  report.self = state.options.self;
  report.role = role_of(peer);
  report.phase = zab::name(peer.phase());
  report.leader = peer.leader();
  report.votes = state.is_voter();
  report.epoch = peer.epoch();
  report.accepted_epoch = state.epochs.accepted;
  report.current_epoch = state.epochs.current;
  report.elections = peer.counters().elections;
  report.ensemble_id = replica.charter().ensemble_id;
  report.feature_level = replica.charter().feature_level;
  report.feature_level_max = replica.feature_level();
  report.digest_mismatches = replica.counters().digest_mismatches;
  report.rebuilds = replica.counters().rebuilds;
  report.activated_version = configuration.committed.version;
  report.committed_version = configuration.latest().version;
  for (const auto& [id, member] : reconfig::members_of(configuration.latest()).servers) {
    report.members.push_back(report_of(member));
  }
  for (const zab::Leader::Follower& follower : peer.followers()) {
    report.followers.push_back({.id = follower.id,
                                .is_voter = follower.is_voter,
                                .is_in_step = follower.is_in_step,
                                .feeder = follower.feeder});
  }
  report.feeder = peer.feeder();
  report.fed_observers = peer.fed_observers();
  return report;
}

}  // namespace paddock::runtime
