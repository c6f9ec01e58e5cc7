// SPDX-License-Identifier: Apache-2.0
#include "admin/member_answer.h"

#include <algorithm>

#include <fmt/format.h>

namespace paddock::admin {

namespace {

std::uint32_t number(ServerId id) {
  return static_cast<std::uint32_t>(raw(id));
}

void add_members(pb::MemberAnswer& answer, const EnsembleReport& ensemble) {
  for (const MemberReport& member : ensemble.members) {
    pb::MemberAddress& address = (*answer.mutable_members())[std::to_string(raw(member.id))];
    address.add_server_addresses(member.quorum_address);
    address.add_election_addresses(member.election_address);
    address.set_client_address(member.client_address);
    address.set_learner_type(member.is_observer ? "observer" : "participant");
  }
  for (const FollowerReport& one : ensemble.followers) {
    pb::Follower& follower = *answer.add_followers();
    follower.set_id(number(one.id));
    follower.set_voter(one.is_voter);
    follower.set_in_step(one.is_in_step);
  }
}

void add_ensemble(pb::MemberAnswer& answer, const EnsembleReport& ensemble) {
  answer.set_id(number(ensemble.self));
  answer.set_role(ensemble.role);
  answer.set_phase(ensemble.phase);
  answer.set_votes(ensemble.votes);
  answer.set_empty(ensemble.is_empty);
  if (ensemble.leader) answer.set_leader(number(*ensemble.leader));
  answer.set_ensemble_id(ensemble.ensemble_id);
  answer.set_feature_level(ensemble.feature_level);
  answer.set_feature_level_max(ensemble.feature_level_max);
  answer.set_digest_mismatches(ensemble.digest_mismatches);
  answer.set_rebuilds(ensemble.rebuilds);
  if (ensemble.feeder) answer.set_feeder(number(*ensemble.feeder));
  for (const ServerId id : ensemble.fed_observers) answer.add_feeds(number(id));
  answer.set_epoch(ensemble.epoch);
  answer.set_accepted_epoch(ensemble.accepted_epoch);
  answer.set_current_epoch(ensemble.current_epoch);
  answer.set_committed_configuration(fmt::format("{:x}", ensemble.committed_version));
  answer.set_activated_configuration(fmt::format("{:x}", ensemble.activated_version));
  answer.set_apply_lag(ensemble.apply_lag);
  add_members(answer, ensemble);
}

}  // namespace

pb::Certificate certificate_answer(const CertificateReport& report) {
  pb::Certificate answer;
  answer.set_serial(report.serial);
  answer.set_end(report.ends.ms / 1000);
  answer.set_authority_key_id(report.authority_key_id);
  for (const std::string& id : report.trusted_key_ids) answer.add_trusted_key_ids(id);
  return answer;
}

pb::MemberAnswer member_answer(const ServerReport& report) {
  pb::MemberAnswer answer;
  answer.set_version(report.version);
  answer.set_serving(report.serving && !report.read_only);
  answer.set_read_only(report.read_only);
  answer.set_leaving(report.leaving);
  answer.set_last_zxid(fmt::format("0x{:x}", report.last_zxid.value));
  for (const CertificateReport& one : report.certificates) {
    (*answer.mutable_certificates())[one.whom] = certificate_answer(one);
  }
  answer.set_role("standalone");
  answer.set_disk_id(report.disk_id);
  answer.set_sessions(report.session_count + report.local_session_count);
  answer.set_connections(report.connection_count);
  answer.set_uptime_ms(report.uptime.count());
  answer.set_reload_hash(report.reload_hash);
  answer.set_restart_hash(report.restart_hash);
  answer.set_configuration_label(report.configuration_label);
  if (report.ensemble) add_ensemble(answer, *report.ensemble);
  return answer;
}

}  // namespace paddock::admin
