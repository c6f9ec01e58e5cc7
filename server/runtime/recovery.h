// SPDX-License-Identifier: Apache-2.0
//
// From a data directory to a state: opens the store, loads the newest snapshot and replays the log
// above it. Runs once, before any thread is started.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "config/server_config.h"
#include "gate/shared_tree.h"
#include "replica/replica.h"
#include "runtime/snapshot_schedule.h"
#include "storage/store.h"
#include "zab/state.h"

namespace paddock::runtime {

/// The kinds of chunk in a snapshot file.
inline constexpr std::uint32_t kChunkTree = 1;
inline constexpr std::uint32_t kChunkSessions = 2;

/// Opens the data directory; a fresh one is initialized. *Errors*: what is wrong and what to do.
[[nodiscard]] Result<std::unique_ptr<storage::Store>> open_store(const config::ServerConfig& config,
                                                                 storage::Disk& disk);

/// What a start found and how long it took.
struct StartReport {
  std::optional<Zxid> snapshot{};
  WallTime snapshot_created{};
  milliseconds snapshot_load{0};
  /// Of the log above the snapshot: it is in none yet.
  Logged replayed{};
  milliseconds replay{0};
};

/// Fills the tree and the replica's sessions with what the store recovered.
[[nodiscard]] Result<StartReport> recover(storage::Store& store,
                                          gate::SharedTree& tree,
                                          replica::Replica& replica,
                                          MonotonicTime now);

/// What a server finds that is no part of an ensemble: everything that it has is committed.
[[nodiscard]] zab::Recovered alone_at(Zxid last);

}  // namespace paddock::runtime
