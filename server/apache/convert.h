// SPDX-License-Identifier: Apache-2.0
//
// From the tree of an Apache ZooKeeper server to the state of ours, and back to a snapshot.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "apache/snapshot.h"
#include "base/error.h"
#include "base/ids.h"
#include "data/state.h"

namespace paddock::apache {

/// Counts quotas anew, as that server does at its start, gives the system nodes that are missing,
/// and forgets the members: they are what the settings of the new servers say. `loaded` is used up.
/// *Errors*: nodes that do not fit together.
[[nodiscard]] Result<std::unique_ptr<data::State>> to_state(Loaded& loaded,
                                                            Zxid zxid,
                                                            std::vector<std::string>& warnings);

/// The whole file `snapshot.<zxid>`, as Apache ZooKeeper 3.8 writes it.
[[nodiscard]] std::string to_snapshot(const data::State& state);

}  // namespace paddock::apache
