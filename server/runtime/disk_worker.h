// SPDX-License-Identifier: Apache-2.0
//
// Carries out the tasks for the disk, one after the other, against the store: what the log thread
// does, without the thread, so that a simulation can step it. It keeps the one thing that lasts
// from task to task, the snapshot that is being received; any task that shows that the leader has
// gone on without it gives it up.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/error.h"
#include "runtime/disk_task.h"
#include "storage/store.h"

namespace paddock::runtime {

class DiskWorker {
 public:
  /// The store is initialized.
  explicit DiskWorker(storage::Store& store) : store_(store) {}

  /// What there is to report when the task is done; a batch is left empty. *Errors*: what is on the
  /// disk is unknown from now on, so the process has to stop.
  [[nodiscard]] Result<std::optional<DiskReport>> carry_out(DiskTask& task);

 private:
  using Report = std::optional<DiskReport>;

  [[nodiscard]] Result<Report> carry_out(storage::LogBatch& batch);
  [[nodiscard]] Result<Report> carry_out(const Truncate& task);
  [[nodiscard]] Result<Report> carry_out(const PromiseEpochs& task);
  [[nodiscard]] Result<Report> carry_out(const NoteCommitted& task);
  [[nodiscard]] Result<Report> carry_out(const ReceivedPiece& piece);
  [[nodiscard]] Result<> write(const ReceivedPiece& piece);
  [[nodiscard]] Result<Report> install(const ReceivedPiece& last);

  storage::Store& store_;
  std::unique_ptr<storage::ReceivedSnapshot> received_;  // null: none comes in
  std::int64_t received_epoch_ = 0;
};

}  // namespace paddock::runtime
