// SPDX-License-Identifier: Apache-2.0
//
// What the log thread is asked to do, what it reports, and the queue of such tasks: the batch that
// an Inbox carries. Each task is done after the one before, and reported in the same order; records
// that follow one another are one task, so that they are written and synced once. One owner at a
// time. Invariant: a queue of records alone is a storage::LogBatch and nothing else, and once warm
// nothing is allocated for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "storage/ensemble_mark.h"
#include "storage/log_batch.h"

namespace paddock::runtime {

// --- Tasks. Records for the log are a storage::LogBatch.

/// Remove every record above `zxid`.
struct Truncate {
  Zxid zxid;
};

/// Remember promises: epochs, which only rise, and whether this server's vote counts.
struct PromiseEpochs {
  std::int64_t accepted = 0;
  std::int64_t current = 0;
  bool may_vote = true;
};

/// Remember how far the log is committed, a hint, and what the state says of the ensemble; nothing
/// is reported.
struct NoteCommitted {
  Zxid zxid;
  storage::EnsembleMark mark{};
};

/// Write a piece of a leader's snapshot aside; with the last one the snapshot replaces log and
/// state. A piece that does not continue what is there is passed over, and one of another epoch or
/// zxid begins anew.
struct ReceivedPiece {
  std::int64_t epoch = 0;
  Zxid zxid;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;  // of the whole
  std::string bytes;
};

using DiskTask =
    std::variant<storage::LogBatch, Truncate, PromiseEpochs, NoteCommitted, ReceivedPiece>;

// --- Reports.

/// Every record up to `zxid` is durable.
struct Durable {
  Zxid zxid;
  friend bool operator==(const Durable&, const Durable&) = default;
};

/// The log ends at `zxid`.
struct Truncated {
  Zxid zxid;
  friend bool operator==(const Truncated&, const Truncated&) = default;
};

struct EpochsPromised {
  std::int64_t accepted = 0;
  std::int64_t current = 0;
  bool may_vote = true;
  friend bool operator==(const EpochsPromised&, const EpochsPromised&) = default;
};

/// So much of a snapshot is there.
struct PieceWritten {
  std::int64_t epoch = 0;
  Zxid zxid;
  std::uint64_t offset = 0;
  friend bool operator==(const PieceWritten&, const PieceWritten&) = default;
};

/// The snapshot of `zxid` has replaced log and state: Store::open_snapshot() has it.
struct Installed {
  std::int64_t epoch = 0;
  Zxid zxid;
  friend bool operator==(const Installed&, const Installed&) = default;
};

/// All pieces came and are no snapshot for this server: nothing has changed.
struct InstallFailed {
  std::int64_t epoch = 0;
  Zxid zxid;
  std::string reason;
  /// It is what came that is no snapshot, not how it came.
  bool is_damaged = false;
  friend bool operator==(const InstallFailed&, const InstallFailed&) = default;
};

using DiskReport =
    std::variant<Durable, Truncated, EpochsPromised, PieceWritten, Installed, InstallFailed>;

// --- The queue.

class DiskTasks {
 public:
  /// Where records are added that come after everything that is queued.
  [[nodiscard]] storage::LogBatch& records();
  void add(DiskTask task);
  /// Takes all tasks of `later`, which is left empty and keeps warm buffers.
  void append(DiskTasks&& later);

  [[nodiscard]] bool empty() const { return first_.empty() && others_.empty(); }
  [[nodiscard]] bool has_only_records() const { return others_.empty(); }
  /// Of the records before all other tasks.
  [[nodiscard]] std::size_t record_count() const { return first_.records(); }

  /// Moves the first task into `task`, whose buffers are kept if it is for records and the one
  /// before was too. False: there is none.
  [[nodiscard]] bool take_first(DiskTask& task);

  friend void swap(DiskTasks& a, DiskTasks& b) noexcept;

 private:
  storage::LogBatch first_;
  std::vector<DiskTask> others_;
};

}  // namespace paddock::runtime
