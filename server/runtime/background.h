// SPDX-License-Identifier: Apache-2.0
//
// The one background thread: snapshots when enough was logged, retention, spare log segments, and a
// look at the free space. Everything slow that no client waits for.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "base/prng.h"
#include "base/time.h"
#include "gate/shared_tree.h"
#include "runtime/core.h"
#include "runtime/recovery.h"
#include "storage/store.h"

namespace paddock::runtime {

struct BackgroundOptions {
  int snapshot_transactions = 100000;
  std::uint64_t snapshot_log_bytes = std::uint64_t{4} << 30U;
  /// What the log holds above the newest snapshot at the start: it counts, or a server that is
  /// restarted again and again would replay more each time.
  Replayed replayed;
  /// Snapshots are spread by chance between half of the limits and the limits.
  std::uint64_t seed = 0;
};

/// The last snapshot, for the admin commands.
struct SnapshotReport {
  Zxid zxid;
  std::int64_t taken_s = 0;
  std::int64_t count = 0;
  std::int64_t errors = 0;
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
             BackgroundOptions options);
  ~Background();
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  /// Begins to work; once, when the core's loop is about to run.
  void start();
  /// Any thread: something may have to be done now.
  void wake();
  /// Any thread: take a snapshot as soon as possible.
  void request_snapshot();
  [[nodiscard]] SnapshotReport report() const;

 private:
  void run();
  void step();
  void check_space();
  [[nodiscard]] bool snapshot_due();
  void take_snapshot();
  [[nodiscard]] Result<Zxid> write_snapshot();
  [[nodiscard]] bool is_stopping() const;
  void draw_limits();

  storage::Store& store_;
  gate::SharedTree& tree_;
  std::size_t slot_;
  Core& core_;
  const LogThread& log_;
  BackgroundOptions options_;
  Prng prng_;
  std::int64_t transactions_limit_ = 0;
  std::int64_t bytes_limit_ = 0;
  std::int64_t transactions_at_snapshot_ = 0;
  std::int64_t bytes_at_snapshot_ = 0;
  storage::SpaceState space_ = storage::SpaceState::Ok;
  mutable std::mutex mutex_;
  std::condition_variable wakeup_;
  bool has_work_ = false;
  bool snapshot_requested_ = false;
  bool stopping_ = false;
  SnapshotReport report_;
  std::thread thread_;
};

}  // namespace paddock::runtime
