// SPDX-License-Identifier: Apache-2.0
//
// One snapshot on its way from the tree to the disk, a chunk at a time. Begun by the core inside
// its write gate, which fixes the state it is of, then stepped by the background thread (or by the
// simulator) with a reader's slot of the tree.
#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "data/snapshot_sessions.h"
#include "gate/shared_tree.h"
#include "replica/charter.h"
#include "session/session_table.h"
#include "storage/store.h"
#include "tree/snapshot.h"

namespace paddock::runtime {

/// How much of the tree goes under one gate, and into one chunk of the file. One step of the walk
/// holds the gate for some ten microseconds: the writer waits no longer than that.
struct SnapshotPace {
  tree::WalkOptions walk{.nodes_per_step = 256, .bytes_per_step = std::size_t{128} << 10U};
  int steps_per_chunk = 16;
};

class SnapshotJob {
 public:
  /// The core's thread. `slot`: the reader's slot that later steps use.
  SnapshotJob(gate::SharedTree& tree,
              std::size_t slot,
              const session::SessionTable& sessions,
              replica::Charter charter,
              SnapshotPace pace = {});
  ~SnapshotJob();
  SnapshotJob(const SnapshotJob&) = delete;
  SnapshotJob& operator=(const SnapshotJob&) = delete;

  [[nodiscard]] Zxid zxid() const { return walk_->zxid(); }
  /// Writes the next chunk. False: the snapshot is complete, verified, and older ones are purged.
  /// *Errors*: the job is over; the store is as it was.
  [[nodiscard]] Result<bool> step(storage::Store& store, WallTime now);

 private:
  [[nodiscard]] Result<> begin(storage::Store& store, WallTime now);
  /// Fills `chunk_`; whether there is more.
  [[nodiscard]] Result<bool> walk();

  gate::SharedTree& tree_;
  std::size_t slot_;
  SnapshotPace pace_;
  data::SessionList sessions_;
  replica::Charter charter_;
  std::unique_ptr<tree::SnapshotWalk> walk_;
  std::unique_ptr<storage::SnapshotWriter> writer_;
  tree::pb::TreeChunk chunk_;
  std::string bytes_;
};

}  // namespace paddock::runtime
