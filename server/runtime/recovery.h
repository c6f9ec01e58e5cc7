// SPDX-License-Identifier: Apache-2.0
//
// From a data directory to a state: opens the store, loads the newest snapshot and replays the log
// above it. Runs once, before any thread is started.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "config/server_config.h"
#include "gate/shared_tree.h"
#include "replica/replica.h"
#include "runtime/snapshot_schedule.h"
#include "session/session_table.h"
#include "storage/store.h"
#include "tree/loader.h"
#include "zab/entries.h"
#include "zab/state.h"

namespace paddock::runtime {

/// Opens the data directory; a fresh one is initialized. *Errors*: what is wrong and what to do.
[[nodiscard]] Result<std::unique_ptr<storage::Store>> open_store(const config::ServerConfig& config,
                                                                 storage::Disk& disk,
                                                                 std::uint32_t feature_level);

/// What a start found and how long it took.
struct StartReport {
  std::optional<Zxid> snapshot{};
  WallTime snapshot_created{};
  milliseconds snapshot_load{0};
  /// Of the log above the snapshot: it is in none yet.
  Logged replayed{};
  milliseconds replay{0};
  /// Of the log: what is not known to be committed.
  zab::SharedBatch tail{};
};

/// Fills the tree and the replica's sessions with what the store recovered.
/// `all_is_committed`: there is no ensemble that knows better what the log's end is worth.
[[nodiscard]] Result<StartReport> recover(storage::Store& store,
                                          gate::SharedTree& tree,
                                          replica::Replica& replica,
                                          bool all_is_committed,
                                          MonotonicTime now);

/// A snapshot in memory, to be put in place of a tree.
struct LoadedSnapshot {
  std::unique_ptr<tree::TreeLoader> tree;
  std::vector<session::Session> sessions;
  replica::Charter charter;
  WallTime created;
};

/// What the store is to remember of the ensemble.
[[nodiscard]] storage::EnsembleMark mark_of(const replica::Charter& charter);

/// The newest snapshot of the store. Any thread.
[[nodiscard]] Result<LoadedSnapshot> load_snapshot(storage::Store& store);

/// What a member of an ensemble finds; its quorums are to be filled in.
[[nodiscard]] zab::Recovered member_at(storage::Store& store,
                                       const replica::Replica& replica,
                                       zab::SharedBatch tail);

/// What a server finds that is no part of an ensemble: everything that it has is committed.
[[nodiscard]] zab::Recovered alone_at(Zxid last);

}  // namespace paddock::runtime
