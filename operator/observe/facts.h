// SPDX-License-Identifier: Apache-2.0
//
// What can be concluded from the reports of several servers: whether a quorum works, by whose
// configuration, and who is in step. One server alone proves nothing. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <set>

#include "observe/observed.h"

namespace paddock::observe {

enum class Quorum : std::uint8_t {
  Seen,     // a leader, and a majority of its voters that follow it
  Lost,     // so few can be part of one that there is none
  Unknown,  // too few have answered
};

struct Facts {
  Quorum quorum = Quorum::Unknown;
  /// These two only when a quorum is seen.
  std::optional<ServerId> leader;
  std::optional<Configuration> configuration;
  /// No change of members is on its way, and a majority says so: what is not a member now depends
  /// on nobody.
  bool is_settled = false;
  /// Voters that serve and are in step with the leader, by their own account and the kubelet's.
  std::set<ServerId> healthy;
  /// Of those, who has been so for the time that was asked for.
  std::set<ServerId> stable;
  /// No voters, but in step with the leader for that time.
  std::set<ServerId> learners;
  /// Who votes: in force if a quorum is seen, else the newest that anybody knows, else whose disks
  /// there are.
  std::set<ServerId> voters;
  /// Of the voters, whose data is lost for sure.
  std::set<ServerId> empty;
};

struct Measure {
  std::string ensemble_id;
  std::int64_t lag_max = 0;  // transactions
  seconds stable_after{0};
};

[[nodiscard]] Facts conclude(const Observed& observed, const Measure& measure);

}  // namespace paddock::observe
