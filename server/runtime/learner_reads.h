// SPDX-License-Identifier: Apache-2.0
//
// Reads the log and snapshots for the learners of a leader, a bounded piece at a time. What a
// learner reads stays open between its reads, so that a long log is not searched from its beginning
// for each piece, a snapshot outlives its retention while it is shipped, and the log behind it is
// there when it is installed. One thread at a time; the store outlives it. Invariant: a learner has
// a log or a snapshot open, never both.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include "base/error.h"
#include "base/ids.h"
#include "base/time.h"
#include "storage/store.h"
#include "zab/effects.h"
#include "zab/feed.h"

namespace paddock::runtime {

struct LearnerReadsOptions {
  /// A batch of records ends when it has so much of either; a piece of a snapshot has as much.
  std::size_t batch_bytes = std::size_t{1} << 20U;
  std::size_t batch_records = 4096;
  std::size_t piece_bytes = std::size_t{1} << 20U;
  /// What a learner has not read from for so long is closed. Long enough for the installation of a
  /// snapshot.
  Duration idle_max = seconds(60);
};

class LearnerReads {
 public:
  explicit LearnerReads(storage::Store& store, LearnerReadsOptions options = {})
      : store_(store), options_(options) {}

  /// What cannot be read is answered as if it were not there, and said in the log once.
  [[nodiscard]] zab::LogReadResult read(const zab::LogRead& read, MonotonicTime now);
  [[nodiscard]] zab::SnapshotReadResult read(const zab::SnapshotRead& read, MonotonicTime now);

  void close_idle(MonotonicTime now);
  /// When close_idle() has something to do at the earliest; the end of time if nothing is open.
  [[nodiscard]] MonotonicTime next_time() const;

 private:
  struct Learner {
    std::unique_ptr<storage::LogReader> log;
    std::unique_ptr<storage::SnapshotFile> snapshot;
    MonotonicTime used;
    std::string error;  // the last one that was logged
  };

  [[nodiscard]] Learner& learner_of(ServerId id, MonotonicTime now);
  [[nodiscard]] Result<> read_log(Learner& learner, zab::LogReadResult& result, Zxid after);
  [[nodiscard]] Result<> fill(storage::LogReader& reader, zab::LogReadResult& result) const;
  [[nodiscard]] Result<> read_snapshot(Learner& learner,
                                       zab::SnapshotReadResult& result,
                                       const zab::SnapshotRead& read);
  static void note(ServerId id, Learner& learner, const Result<>& outcome);

  storage::Store& store_;
  LearnerReadsOptions options_;
  std::map<ServerId, Learner> learners_;
};

}  // namespace paddock::runtime
