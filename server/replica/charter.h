// SPDX-License-Identifier: Apache-2.0
//
// What the members of an ensemble agree on about the ensemble itself. A part of the state that all
// replicas share: changed by transactions, and found in each snapshot.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/ids.h"
#include "election/configuration.h"

namespace paddock::replica {

struct Charter {
  /// Made by the first leader; empty before, and of a server that is alone.
  std::string ensemble_id;
  /// Every member can apply what this level allows; only rises.
  std::uint32_t feature_level = 0;

  friend bool operator==(const Charter&, const Charter&) = default;
};

/// By server, for those that are linked and oneself.
using FeatureLevels = std::map<ServerId, std::uint32_t>;

/// The highest level that all servers have that will apply what is ordered: all in `levels`. 0
/// while a member is not among them.
[[nodiscard]] std::uint32_t common_level(const election::Quorums& quorums,
                                         const FeatureLevels& levels);

}  // namespace paddock::replica
