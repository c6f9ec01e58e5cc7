// SPDX-License-Identifier: Apache-2.0
//
// What a replica is told about itself; from the configuration.
#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "base/ids.h"
#include "base/time.h"
#include "election/configuration.h"
#include "request/prepare.h"
#include "zab/state.h"

namespace paddock::replica {

struct ReplicaOptions {
  ServerId server{};
  milliseconds tick{2000};
  request::PrepareOptions prepare;
  /// Expired containers and TTL nodes: how often they are looked for, how many are removed a minute
  /// at most, and how long a container that never had a child is kept (0 = for ever).
  milliseconds container_check_interval{60000};
  std::size_t container_deletes_per_minute_max = 10000;
  milliseconds container_never_used_max{0};

  /// The server's part in its ensemble; `peer.self` is `server`. By default it is alone.
  zab::PeerOptions peer = [] {
    zab::PeerOptions alone;
    alone.is_alone = true;
    return alone;
  }();
  /// Who belongs to the ensemble as configured; counts as long as no reconfiguration has been
  /// applied.
  election::Configuration configuration;
  /// The highest level of transactions that this server can apply; see Charter.
  std::uint32_t feature_level = 0;
  /// The id that the ensemble gets if this server is its first leader; random. Empty: none.
  std::string new_ensemble_id;
  /// A reconfiguration must leave so many that vote.
  std::size_t voters_min = 1;
  /// The number of the process's first request; random in an ensemble, never 0.
  std::uint64_t first_request = 1;
  /// How long clients are kept while there is no leader.
  milliseconds patience{4000};
  /// Whether clients that accept it are served read-only from then on.
  bool read_only_mode = false;

  /// New sessions are known to this server alone, and with upgrading become ones of the ensemble
  /// when they create an ephemeral node.
  bool local_sessions = false;
  bool local_sessions_upgrading = false;

  /// How many transactions a turn applies: where reads are served on the same thread, they come in
  /// between.
  std::size_t apply_max = std::numeric_limits<std::size_t>::max();

  /// Tell of each ephemeral node that goes with its session: Effects::ended_ephemerals.
  bool audit = false;
};

}  // namespace paddock::replica
