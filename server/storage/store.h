// SPDX-License-Identifier: Apache-2.0
//
// A server's durable state as a whole: metadata, snapshots and log in `<data>/paddock` and
// `<log>/paddock/log`, so that it may lie beside an Apache ZooKeeper's `version-2`. open() tells
// precisely what a directory holds and refuses what it must not touch. The log thread and one
// background thread use it as log.h and the functions here say. Invariant: nothing is ever started
// empty where data was.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/ids.h"
#include "storage/disk.h"
#include "storage/ensemble_mark.h"
#include "storage/log.h"
#include "storage/metadata.pb.h"
#include "storage/received_snapshot.h"
#include "storage/snapshot_file.h"
#include "storage/snapshot_reader.h"
#include "storage/snapshot_writer.h"
#include "storage/space_guard.h"

namespace paddock::storage {

struct StoreOptions {
  std::string data_directory;
  /// ZooKeeper's dataLogDir; empty: the data directory.
  std::string log_directory;
  ServerId server_id{0};
  /// The ensemble that the data must belong to; empty: any.
  std::string ensemble_id;
  /// The highest feature level that this version knows; data that needs more is not opened.
  std::uint32_t feature_level = std::numeric_limits<std::uint32_t>::max();
  std::uint64_t segment_bytes = std::uint64_t{64} << 20U;
  SyncPolicy sync = SyncPolicy::Always;
  /// Verified snapshots that are kept; at least 1.
  std::size_t snapshots_kept = 3;
  SnapshotOptions snapshot;
  SpaceOptions space;
};

/// Why a store cannot be opened.
enum class StoreFault : std::uint8_t {
  DirectoryMissing,
  NotADirectory,
  NotAccessible,
  Locked,
  ApacheData,
  OtherServer,
  OtherEnsemble,
  NewerFeatures,
  NewerFormat,
  MetadataMissing,
  MetadataDamaged,
  SnapshotMissing,
  SnapshotDamaged,
  LogMissing,
  LogIncomplete,
  LogForeign,
  LogDamaged,
  Io,
};

struct StoreError : Error {
  StoreFault fault = StoreFault::Io;
};

/// What a fresh directory becomes.
struct StoreIdentity {
  /// 16 random bytes.
  std::string disk_id;
  std::string ensemble_id;
  /// False: the disk may be in place of one that was lost, so its server does not vote until it is
  /// given the right again.
  bool may_vote = true;
};

/// What open() found.
struct Recovery {
  /// The snapshot to load; none: start from the empty state.
  std::optional<Zxid> snapshot;
  /// The last record of the log, or `snapshot` if it has none.
  Zxid last;
  /// What is there up to here is known to be committed; how much of the rest is, others know.
  Zxid committed;
  /// The last end was a clean one.
  bool clean = false;
  /// Sentences for the log: a damaged snapshot that was passed over, a repaired slot.
  std::vector<std::string> warnings;
};

class Store {
 public:
  /// Opens the directories: either fresh (no data of anybody's) or with all that was durable. The
  /// directories themselves must exist.
  [[nodiscard]] static std::expected<std::unique_ptr<Store>, StoreError> open(Disk& disk,
                                                                              StoreOptions options);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  /// Nothing was ever stored here: only initialize() may be called.
  [[nodiscard]] bool fresh() const;
  /// Makes a fresh store an empty one of its own.
  [[nodiscard]] Result<> initialize(const StoreIdentity& identity);

  [[nodiscard]] const Recovery& recovery() const;
  /// The newest snapshot, to be loaded: that of recovery(), or what came after it. There must be
  /// one.
  [[nodiscard]] SnapshotResult<std::unique_ptr<SnapshotReader>> open_snapshot();

  /// Commit, read, replay, truncate below; see log.h for threads. Not its truncate() and restart().
  [[nodiscard]] Log& log();

  /// Any thread.
  [[nodiscard]] Metadata metadata() const;
  /// Changes the record, durably when it returns; after an error the process has to stop. Any
  /// thread.
  [[nodiscard]] Result<> update_metadata(const std::function<void(Metadata&)>& change);

  /// Remembers that the log is committed up to `zxid`, or as far as it reaches: a hint for the next
  /// start; and for good what the state says of its ensemble. Log thread, so that the hint never
  /// tells of records that are still to be truncated.
  [[nodiscard]] Result<> note_committed(Zxid zxid, const EnsembleMark& mark = {});

  /// Removes log records above `zxid`. *Errors*: a snapshot holds more than that, or more is known
  /// to be committed. Log thread.
  [[nodiscard]] Result<> truncate(Zxid zxid);

  /// Begins a snapshot of this server's own state. Background thread.
  [[nodiscard]] Result<std::unique_ptr<SnapshotWriter>> begin_snapshot(const SnapshotInfo& info);
  /// Completes and verifies it, then drops old snapshots and recycles the log below those kept.
  /// *Errors*: the log does not hold the snapshot's place, since it is not durable up to there yet
  /// or was replaced meanwhile.
  [[nodiscard]] Result<> complete_snapshot(std::unique_ptr<SnapshotWriter> writer);

  /// Reads the snapshot of `zxid` once more, if there is one that counts. *Errors*: it is damaged,
  /// and from now on neither shipped nor counted; or it cannot be read. Any thread.
  [[nodiscard]] Result<> check_snapshot(Zxid zxid);
  /// The file of the snapshot of `zxid`, or of the newest one if there is none of that; null if
  /// there is no snapshot at all. Any thread.
  [[nodiscard]] Result<std::unique_ptr<SnapshotFile>> open_snapshot_file(Zxid zxid);

  /// Begins to receive a snapshot that is to replace everything; dropping it is giving it up. One
  /// at a time. Log thread.
  [[nodiscard]] Result<std::unique_ptr<ReceivedSnapshot>> begin_receive(Zxid zxid);
  /// Verifies it, puts it in place of all snapshots and restarts the log behind it; a crash leaves
  /// the old state or the new. *Errors*: Damaged or NewerFormat, and everything is as it was, if
  /// the bytes are not a whole snapshot of this zxid and ensemble; after Io the process has to
  /// stop. Log thread.
  [[nodiscard]] SnapshotResult<> complete_receive(std::unique_ptr<ReceivedSnapshot> received);

  [[nodiscard]] SpaceGuard& space();

  /// Writes down that all is well; nothing may be committed afterwards.
  [[nodiscard]] Result<> close();

 private:
  class Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace paddock::storage
