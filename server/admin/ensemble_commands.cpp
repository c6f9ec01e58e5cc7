// SPDX-License-Identifier: Apache-2.0
#include "admin/ensemble_commands.h"

#include <algorithm>

#include <boost/json/array.hpp>
#include <fmt/format.h>

namespace paddock::admin {
namespace {

using boost::json::array;
using boost::json::object;

const MemberReport* find(const EnsembleReport& ensemble, std::optional<ServerId> id) {
  const auto found = std::ranges::find_if(
      ensemble.members, [&](const MemberReport& member) { return member.id == id; });
  return found == ensemble.members.end() ? nullptr : &*found;
}

std::string host_of(const std::string& address) {
  return address.substr(0, address.rfind(':'));
}

object document_of(const MemberReport& member) {
  return {{"server_addresses", array{member.quorum_address}},
          {"election_addresses", array{member.election_address}},
          {"client_address", member.client_address},
          {"learner_type", member.is_observer ? "observer" : "participant"}};
}

const std::string& client_address_of(const EnsembleReport& ensemble, const MemberReport& member) {
  const bool is_known = member.id != ensemble.self || !member.client_address.empty();
  return is_known ? member.client_address : ensemble.own_client_address;
}

}  // namespace

void leader(object& out, const ServerReport& report) {
  if (!report.ensemble || !report.ensemble->leader) {
    out["error"] = "server is not initialized";
    return;
  }
  const EnsembleReport& ensemble = *report.ensemble;
  out["is_leader"] = ensemble.leader == ensemble.self;
  out["leader_id"] = raw(*ensemble.leader);
  const MemberReport* const member = find(ensemble, ensemble.leader);
  out["leader_ip"] = member == nullptr ? std::string() : host_of(member->quorum_address);
}

void observers(object& out, const ServerReport& report) {
  array synced;
  if (report.ensemble) {
    for (const FollowerReport& follower : report.ensemble->followers) {
      if (follower.is_voter || !follower.is_in_step) continue;
      object observer{{"sid", raw(follower.id)}};
      if (follower.feeder) observer["feeder"] = raw(*follower.feeder);
      synced.push_back(std::move(observer));
    }
    for (const ServerId id : report.ensemble->fed_observers) {
      synced.push_back(object{{"sid", raw(id)}});
    }
  }
  out["synced_observers"] = synced.size();
  out["observers"] = std::move(synced);
}

void voting_view(object& out, const ServerReport& report) {
  object voters;
  if (report.ensemble) {
    for (const MemberReport& member : report.ensemble->members) {
      if (member.is_observer) continue;
      object document = document_of(member);
      document["client_address"] = client_address_of(*report.ensemble, member);
      voters[std::to_string(raw(member.id))] = std::move(document);
    }
  }
  out["current_config"] = std::move(voters);
}

void zab_state(object& out, const ServerReport& report) {
  if (!report.ensemble) {
    out["voting"] = false;
    out["zabstate"] = "";
    return;
  }
  const EnsembleReport& ensemble = *report.ensemble;
  out["myid"] = raw(ensemble.self);
  out["is_leader"] = ensemble.leader == ensemble.self;
  if (const MemberReport* const self = find(ensemble, ensemble.self)) {
    out["quorum_address"] = self->quorum_address;
    out["election_address"] = self->election_address;
    out["client_address"] = client_address_of(ensemble, *self);
  }
  out["voting"] = ensemble.votes;
  out["last_zxid"] = fmt::format("0x{:x}", report.last_zxid.value);
  out["zab_epoch"] = report.last_zxid.epoch();
  out["zab_counter"] = report.last_zxid.counter();
  out["zabstate"] = ensemble.phase;
}

}  // namespace paddock::admin
