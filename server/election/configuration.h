// SPDX-License-Identifier: Apache-2.0
//
// Who belongs to the ensemble and which of them make a quorum: a majority of the voters, or, with
// groups, a majority of the weight in a majority of the groups that have any. A value; how members
// are reached is kept elsewhere. Source: ZooKeeper QuorumMaj, QuorumHierarchical.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "election/server_set.h"

namespace paddock::election {

struct Configuration {
  /// The zxid of the transaction that made it; of the first one, as configured.
  std::int64_t version = 0;
  /// Those that vote and count in quorums: participants whose weight is not 0.
  ServerSet voters;
  /// Those that only learn: observers, and participants without weight.
  ServerSet observers;
  /// Empty: the majority counts. Else each voter is in exactly one group.
  std::vector<ServerSet> groups;
  /// Of voters whose weight is not 1; only looked at with groups.
  std::map<ServerId, std::int64_t> weights;
  /// The `server.N=…` lines and the version, as clients see them.
  std::string text;

  [[nodiscard]] bool is_member(ServerId id) const {
    return voters.contains(id) || observers.contains(id);
  }
  /// Whether these servers (others than voters do not count) are enough to decide.
  [[nodiscard]] bool has_quorum(const ServerSet& servers) const;

  friend bool operator==(const Configuration&, const Configuration&) = default;
};

/// The configuration in force and, while it is being replaced, the next one: then both must agree.
struct Quorums {
  Configuration committed;
  std::optional<Configuration> pending;

  [[nodiscard]] bool has_quorum(const ServerSet& servers) const {
    return committed.has_quorum(servers) && (!pending || pending->has_quorum(servers));
  }
  [[nodiscard]] bool is_voter(ServerId id) const {
    return committed.voters.contains(id) || (pending && pending->voters.contains(id));
  }
  [[nodiscard]] ServerSet voters() const {
    return pending ? committed.voters | pending->voters : committed.voters;
  }
  [[nodiscard]] bool is_member(ServerId id) const {
    return committed.is_member(id) || (pending && pending->is_member(id));
  }
  /// The configuration that will be in force.
  [[nodiscard]] const Configuration& latest() const { return pending ? *pending : committed; }

  friend bool operator==(const Quorums&, const Quorums&) = default;
};

}  // namespace paddock::election
