// SPDX-License-Identifier: Apache-2.0
#include "control/member_page.h"

#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "base/number_text.h"

namespace paddock::control {
namespace {

using observe::MemberReport;
using observe::Role;

/// As the page writes zxids and versions, "0x10000000a" or "10000000a".
std::int64_t hexadecimal(const json::value& page, std::string_view name) {
  // Bits and no number: an epoch may be so high that the sign bit is set.
  return static_cast<std::int64_t>(parse_hex(kube::text_at(page, {name})).value_or(0));
}

std::int64_t number(const json::value& page, std::string_view name) {
  return kube::number_at(page, {name}).value_or(0);
}

bool flag(const json::value& page, std::string_view name) {
  const json::value* const found = kube::find(page, {name});
  return found != nullptr && found->is_bool() && found->get_bool();
}

std::optional<Role> role_of(std::string_view word) {
  constexpr std::array kRoles{std::pair{std::string_view("leader"), Role::Leader},
                              std::pair{std::string_view("follower"), Role::Follower},
                              std::pair{std::string_view("observer"), Role::Observer},
                              std::pair{std::string_view("joining"), Role::Joining},
                              std::pair{std::string_view("looking"), Role::Looking}};
  for (const auto& [name, role] : kRoles) {
    if (name == word) return role;
  }
  return std::nullopt;
}

observe::Configuration configuration_of(const json::value& page) {
  observe::Configuration configuration;
  configuration.version = model::ConfigVersion{hexadecimal(page, "activated_configuration")};
  const json::value* const members = kube::find(page, {"members"});
  if (members == nullptr || !members->is_object()) return configuration;
  for (const auto& [name, member] : members->get_object()) {
    const auto id = parse_number<std::int32_t>(name);
    if (!id) continue;
    const bool is_observer = kube::text_at(member, {"learner_type"}) == "observer";
    (is_observer ? configuration.observers : configuration.voters).insert(ServerId{*id});
  }
  return configuration;
}

/// What it shows to other servers, and whom of them it trusts.
void read_authorities(const json::value& page,
                      const AuthorityNumber& number_of,
                      MemberReport& report) {
  const json::value* const shown = kube::find(page, {"certificates", "servers"});
  if (shown == nullptr) return;
  report.certificate_authority = number_of(kube::text_at(*shown, {"authority_key_id"}));
  const json::value* const trusted = kube::find(*shown, {"trusted_key_ids"});
  if (trusted == nullptr || !trusted->is_array()) return;
  for (const json::value& one : trusted->get_array()) {
    if (!one.is_string()) continue;
    const auto number = number_of(std::string_view(one.get_string()));
    if (number) report.trusted_authorities.insert(*number);
  }
}

}  // namespace

Result<MemberReport> parse_member_page(const json::value& page, const AuthorityNumber& number_of) {
  const auto role = role_of(kube::text_at(page, {"role"}));
  const auto id = kube::number_at(page, {"id"});
  if (!role || !id) return fail("this is not the page of a member of an ensemble");
  MemberReport report;
  report.id = ServerId{static_cast<std::int32_t>(*id)};
  report.disk_id = kube::text_at(page, {"disk_id"});
  report.ensemble_id = kube::text_at(page, {"ensemble_id"});
  report.role = *role;
  report.serving = flag(page, "serving");
  report.votes = flag(page, "votes");
  if (const auto leader = kube::number_at(page, {"leader"})) {
    report.leader = ServerId{static_cast<std::int32_t>(*leader)};
  }
  report.epoch = number(page, "epoch");
  report.accepted_epoch = number(page, "accepted_epoch");
  report.current_epoch = number(page, "current_epoch");
  report.last_zxid = Zxid{hexadecimal(page, "last_zxid")};
  report.activated = configuration_of(page);
  report.committed = model::ConfigVersion{hexadecimal(page, "committed_configuration")};
  report.version = kube::text_at(page, {"version"});
  report.feature_level = static_cast<std::uint32_t>(number(page, "feature_level"));
  const json::value* const label = kube::find(page, {"configuration_label"});
  if (label != nullptr && label->is_string()) report.reload_hash = label->get_string();
  read_authorities(page, number_of, report);
  return report;
}

}  // namespace paddock::control
