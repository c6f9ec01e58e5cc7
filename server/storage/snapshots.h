// SPDX-License-Identifier: Apache-2.0
//
// The snapshot files of a directory: their names, and which of them may go.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/ids.h"
#include "storage/disk.h"

namespace paddock::storage {

[[nodiscard]] std::string snapshot_path(const std::string& directory, Zxid zxid);
/// The name of a file that is not yet what it will be.
[[nodiscard]] std::string temporary_path(const std::string& path);
/// Where the snapshot of another server is written while it comes in.
[[nodiscard]] std::string received_path(const std::string& directory, Zxid zxid);

/// The zxids of the finished snapshots in a directory, rising.
[[nodiscard]] DiskResult<std::vector<Zxid>> list_snapshots(Disk& disk,
                                                           const std::string& directory);
/// Removes what unfinished snapshots have left behind, own and received ones.
[[nodiscard]] Result<> remove_unfinished_snapshots(Disk& disk, const std::string& directory);

struct KnownSnapshot {
  Zxid zxid;
  bool verified = false;
  /// It is being shipped to a learner, which will need the log behind it.
  bool in_use = false;
};

struct RetentionPlan {
  std::vector<Zxid> remove;
  /// The log is needed above this zxid only.
  Zxid log_from;
};

/// Keeps the newest `keep` verified snapshots, whatever is newer than the oldest of these, and what
/// is in use. Nothing goes while there are fewer. `snapshots` rise; `keep` is at least 1. *Source*:
/// ZOOKEEPER-3231, where damaged snapshots counted.
[[nodiscard]] RetentionPlan plan_retention(const std::vector<KnownSnapshot>& snapshots,
                                           std::size_t keep);

}  // namespace paddock::storage
