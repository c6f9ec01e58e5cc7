// SPDX-License-Identifier: Apache-2.0
//
// Whether a change would break a hard quota. Limits and use are kept by the tree itself in nodes
// under /zookeeper/quota; as in ZooKeeper the *applied* use counts, so a pipelined burst can
// overshoot. Source: ZooKeeper ZooKeeperServer.checkQuota, StatsTrack.
#pragma once

#include <cstdint>

#include "tree/data_tree.h"

namespace paddock::request {

/// What a change adds to what its subtree uses.
struct QuotaDemand {
  std::int64_t nodes = 0;
  std::int64_t bytes = 0;
};

/// Whether a hard limit of the nearest node at or above `path` that has a quota forbids the change.
[[nodiscard]] bool breaks_quota(const tree::DataTree& tree, View path, QuotaDemand demand);

/// The number behind `key=` in a text of limits or use ("count=5,bytes=-1=;countHardLimit=7"), or
/// -1 if there is none.
[[nodiscard]] std::int64_t quota_value(View text, View key);

}  // namespace paddock::request
