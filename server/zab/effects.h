// SPDX-License-Identifier: Apache-2.0
//
// What the shell must carry out after a step of zab::Peer. Sends to one server stay in order. The
// tasks for the disk are one queue: each is done after the one before, and comes back as an input
// in the same order (on_log_durable(), on_truncated(), on_epochs_durable(), on_snapshot_written(),
// on_snapshot_installed()); appends that follow one another may be reported once.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "zab/entries.h"
#include "zab/message.h"

namespace paddock::zab {

/// Promises that survive a crash. Source: ZooKeeper acceptedEpoch and currentEpoch.
struct Epochs {
  /// No leader of a lower epoch will be followed.
  std::int64_t accepted = 0;
  /// The epoch of the leader whose history this server holds.
  std::int64_t current = 0;
  /// False: whatever this server held and promised before may be gone with its disk, so it does not
  /// vote until a leader has given it the right again.
  bool may_vote = true;

  friend bool operator==(const Epochs&, const Epochs&) = default;
};

/// Entries for the log: those of the batch above `after`.
struct LogAppend {
  SharedBatch batch;
  Zxid after;
};

/// Remove every record above `zxid`.
struct LogTruncate {
  Zxid zxid;
};

/// How much of a received snapshot is written: a piece that does not continue what is there is
/// passed over, and one of another epoch or zxid begins anew.
struct SnapshotProgress {
  std::int64_t epoch = 0;
  Zxid zxid;
  std::uint64_t offset = 0;
};

/// Entries for the log, what the log must forget, promises to keep, and pieces of a snapshot to
/// write aside; with the last piece the snapshot replaces log and state.
using DiskTask = std::variant<LogAppend, LogTruncate, Epochs, SnapshotPiece>;

/// Read the log for a learner: entries above `after`, some of them; answered by on_log_read().
struct LogRead {
  ServerId learner{};
  std::uint64_t ticket = 0;
  Zxid after;
};

/// Read the newest snapshot, or the one of `zxid` if there still is one, from `offset` on; answered
/// by on_snapshot_read(). Somebody has found the one of `refused` damaged: it is looked at again
/// first.
struct SnapshotRead {
  ServerId learner{};
  std::uint64_t ticket = 0;
  Zxid zxid;
  std::uint64_t offset = 0;
  Zxid refused{};
};

struct Effects {
  std::vector<Envelope> sends;
  std::vector<DiskTask> disk;
  std::vector<LogRead> log_reads;
  std::vector<SnapshotRead> snapshot_reads;
};

}  // namespace paddock::zab
