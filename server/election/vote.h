// SPDX-License-Identifier: Apache-2.0
//
// Whom a server wants to lead, and what it tells the others about it. Source: ZooKeeper Vote,
// FastLeaderElection.Notification.
#pragma once

#include <cstdint>

#include "base/ids.h"

namespace paddock::election {

/// Ordered by how much of the history the candidate has, then by its id.
struct Vote {
  /// The epoch whose history the candidate holds.
  std::int64_t epoch = -1;
  Zxid zxid;
  ServerId leader{};

  friend constexpr auto operator<=>(const Vote&, const Vote&) = default;
};

enum class Standing : std::uint8_t {
  Looking,
  Following,
  /// A quorum follows.
  Leading,
  /// Was elected and has no quorum yet: for those who voted for it.
  Elected,
};

struct Notification {
  Standing standing = Standing::Looking;
  /// Counts the elections that the sender has seen; only votes of one round are counted together.
  std::int64_t round = 0;
  /// Looking: whom the sender votes for. Otherwise: who leads.
  Vote vote;
  /// The sender votes; otherwise it only asks who leads. Whether its vote counts is for the
  /// receiver's configuration to say.
  bool is_voter = false;

  friend bool operator==(const Notification&, const Notification&) = default;
};

}  // namespace paddock::election
