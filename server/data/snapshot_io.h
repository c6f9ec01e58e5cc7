// SPDX-License-Identifier: Apache-2.0
//
// The state from a snapshot file and to one. One thread.
#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "data/state.h"
#include "storage/disk.h"
#include "storage/snapshot_format.h"

namespace paddock::data {

/// Reads a whole snapshot with every check that there is: checksums, footer, links, counts, digest.
[[nodiscard]] Result<std::unique_ptr<State>> load_snapshot(storage::Disk& disk,
                                                           const std::string& path);

/// Writes `<directory>/snapshot.<zxid>`, durably and read back; returns the file's path.
[[nodiscard]] Result<std::string> write_snapshot(storage::Disk& disk,
                                                 const std::string& directory,
                                                 const State& state,
                                                 WallTime created);

}  // namespace paddock::data
