// SPDX-License-Identifier: Apache-2.0
//
// What a replica is told about itself; from the configuration.
#pragma once

#include "base/ids.h"
#include "base/time.h"
#include "request/prepare.h"

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
};

}  // namespace paddock::replica
