// SPDX-License-Identifier: Apache-2.0
//
// What a server says of itself, as GET /admin/member has it; the contract with the server as types.
// Values.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "base/ids.h"
#include "model/ids.h"

namespace paddock::observe {

enum class Role : std::uint8_t {
  Leader,
  Follower,
  Observer,
  Joining,  // no member of the configuration, or without the right to vote
  Looking,
};

/// The members of the ensemble as one server has them in force.
struct Configuration {
  /// "activated_configuration".
  model::ConfigVersion version{};
  std::set<ServerId> voters;
  std::set<ServerId> observers;

  friend bool operator==(const Configuration&, const Configuration&) = default;
};

struct MemberReport {
  ServerId id{};
  /// Of its data directory, since that was made.
  std::string disk_id = {};
  /// Empty until this disk has belonged to an ensemble.
  std::string ensemble_id = {};
  Role role = Role::Looking;
  /// Clients are served, and can write.
  bool serving = false;
  /// Its vote counts.
  bool votes = false;
  std::optional<ServerId> leader = {};
  std::int64_t epoch = 0;
  std::int64_t accepted_epoch = 0;
  std::int64_t current_epoch = 0;
  Zxid last_zxid = {};
  Configuration activated = {};
  model::ConfigVersion committed{};
  std::string version = {};
  std::uint32_t feature_level = 0;
  /// Of the reload-class keys in the file that it has read last: its "configuration_label", which
  /// we have written into that file; none: a server that does not say.
  std::optional<std::string> reload_hash = {};
  /// Whose certificates it trusts and who signed its own: numbers of CAs, none if it does not say.
  std::set<std::int32_t> trusted_authorities = {};
  std::optional<std::int32_t> certificate_authority = {};

  /// Nothing was ever written to its disk.
  [[nodiscard]] bool is_empty() const { return ensemble_id.empty() && last_zxid == Zxid{}; }
};

}  // namespace paddock::observe
