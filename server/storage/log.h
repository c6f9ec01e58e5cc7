// SPDX-License-Identifier: Apache-2.0
//
// The transaction log: a chain of records in numbered segment files that are recycled, so that an
// append overwrites blocks that were written before and its sync needs no metadata. The log thread
// commits, truncates and restarts; one background thread prepares segments and releases old ones;
// readers may be on any thread. Invariants: zxids strictly rise; what commit() returned survives
// any crash; what was durable is never cut: a bad record with proof of later durable data is
// reported, not repaired (log_recovery.h).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/error.h"
#include "base/ids.h"
#include "storage/disk.h"
#include "storage/log_batch.h"
#include "storage/log_options.h"
#include "storage/log_reader.h"

namespace paddock::storage {

class Log {
 public:
  /// Starts a log of its own in an existing directory: the next record will be above `base`.
  /// Segments that are there are removed.
  [[nodiscard]] static Result<std::unique_ptr<Log>> create(Disk& disk,
                                                           LogOptions options,
                                                           Zxid base);

  /// Opens the log of a directory and verifies every record above `start.from`. A torn tail is cut.
  [[nodiscard]] static LogResult<std::unique_ptr<Log>> open(Disk& disk,
                                                            LogOptions options,
                                                            LogStart start);

  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  /// Makes a batch durable with one write and one sync, empties it, and returns the last durable
  /// zxid. After an error the log takes nothing any more and the process has to stop. Log thread.
  [[nodiscard]] Result<Zxid> commit(LogBatch& batch);

  /// Makes durable what was committed, whatever the policy. Any thread.
  [[nodiscard]] Result<> flush();

  /// Removes every record above `zxid`. A crash in between leaves a prefix that holds at least what
  /// was to be kept. *Errors*: `zxid` is below base(). Log thread.
  [[nodiscard]] Result<> truncate(Zxid zxid);

  /// Drops all records, in one step as crashes see it: the next one will be above `base`. Log
  /// thread.
  [[nodiscard]] Result<> restart(Zxid base);

  /// The records above `base()` up to `last()` are there. Any thread.
  [[nodiscard]] Zxid base() const;
  [[nodiscard]] Zxid last() const;

  /// Reads records above `from` up to what is durable at each step. What the reader has still to
  /// read is not released meanwhile. *Errors*: Gap, if the log begins above `from`, whatever base()
  /// said before; Io for all else. Any thread; the log outlives the reader.
  [[nodiscard]] LogResult<std::unique_ptr<LogReader>> read(Zxid from);

  /// Calls `visit` with every record above `from`, in order; an error that it returns ends the
  /// replay.
  [[nodiscard]] Result<> replay(Zxid from,
                                const std::function<Result<>(Zxid zxid, View payload)>& visit);

  /// True if commit() would have to make a segment by itself soon: call prepare_spare(). Any
  /// thread.
  [[nodiscard]] bool wants_spare() const;
  /// Makes the next segment, if there is none, so that rolling to it costs nothing. Background
  /// thread.
  [[nodiscard]] Result<> prepare_spare();

  /// Retires segments whose records are all at or below `zxid`. Background thread.
  [[nodiscard]] Result<> release_up_to(Zxid zxid);

  class Impl;

 private:
  explicit Log(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace paddock::storage
