// SPDX-License-Identifier: Apache-2.0
//
// The one background thread: snapshots when enough was logged, retention, spare log segments, and a
// look at the free space. Everything slow that no client waits for.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/time.h"
#include "gate/shared_tree.h"
#include "runtime/core.h"
#include "runtime/snapshot_job.h"
#include "runtime/snapshot_schedule.h"
#include "storage/store.h"

namespace paddock::runtime {

/// The last snapshot, for the admin commands.
struct SnapshotReport {
  Zxid zxid;
  std::int64_t taken_s = 0;
  std::int64_t count = 0;
  std::int64_t errors = 0;
  milliseconds took_min{0};
  milliseconds took_max{0};
  milliseconds took_sum{0};
};

class Background {
 public:
  /// `slot`: the reader's slot of `tree` that snapshots use.
  Background(storage::Store& store,
             gate::SharedTree& tree,
             std::size_t slot,
             Core& core,
             const LogThread& log,
             SnapshotSchedule schedule);
  ~Background();
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  /// Also to be done about once a second; before start().
  void set_further_work(std::function<void()> work) { further_work_ = std::move(work); }
  /// Begins to work; once, when the core's loop is about to run.
  void start();
  /// Ends what it does, and nobody is told of anything any more.
  void stop();
  /// Any thread: something may have to be done now.
  void wake();
  /// Is told of a snapshot that was asked for, on the background thread; not at all if the server
  /// ends before.
  using SnapshotTaken = std::function<void(const Result<Zxid>& taken)>;
  /// Any thread: take a snapshot as soon as possible; one that has begun already does not count.
  void request_snapshot(SnapshotTaken taken = {});
  [[nodiscard]] SnapshotReport report() const;

 private:
  void run();
  void step();
  void do_further_work();
  void prepare_spare();
  void check_space();
  void say_space(bool is_nearly_full) const;
  [[nodiscard]] bool snapshot_due();
  [[nodiscard]] Logged logged() const;
  void take_snapshot();
  /// On the core's thread.
  [[nodiscard]] std::unique_ptr<SnapshotJob> begin_snapshot();
  [[nodiscard]] Result<Zxid> write_snapshot();
  void note_snapshot(const Result<Zxid>& written, milliseconds took, WallTime end);
  void wait_a_while();
  [[nodiscard]] bool is_stopping() const;

  storage::Store& store_;
  gate::SharedTree& tree_;
  std::size_t slot_;
  Core& core_;
  const LogThread& log_;
  SnapshotSchedule schedule_;
  std::function<void()> further_work_;
  MonotonicTime next_further_work_;
  MonotonicTime next_spare_attempt_;  // not 0: the last one failed
  storage::SpaceState space_ = storage::SpaceState::Ok;
  std::string space_error_;
  mutable std::mutex mutex_;
  std::condition_variable wakeup_;
  bool has_work_ = false;
  bool snapshot_requested_ = false;
  std::vector<SnapshotTaken> snapshot_requesters_;
  bool stopping_ = false;
  SnapshotReport report_;
  std::thread thread_;
};

}  // namespace paddock::runtime
