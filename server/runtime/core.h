// SPDX-License-Identifier: Apache-2.0
//
// The core loop's shell: brings batches, reports of the disk, messages of other servers and time to
// the replica and carries its effects to the log thread, the links and the shards. Lives on one
// event loop's thread; with no I/O threads the only shard lives on the same loop, and a request
// crosses no thread but the log's.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "base/histogram.h"
#include "base/inbox.h"
#include "gate/core_batch.h"
#include "net/event_loop.h"
#include "replica/replica.h"
#include "runtime/disk_task.h"
#include "runtime/learner_read_thread.h"
#include "runtime/log_thread.h"
#include "runtime/peer_links.h"
#include "runtime/recovery.h"

namespace paddock::runtime {

class Core {
 public:
  /// `on_mailed(shard)`: the shard has mail. Called on the core's thread.
  Core(net::EventLoop& loop,
       replica::Replica& replica,
       milliseconds tick,
       std::function<void(std::size_t)> on_mailed);

  void set_log(LogThread& log) { log_ = &log; }
  /// What only a member of an ensemble has.
  void set_ensemble(PeerLinks& links, LearnerReadThread& reads) {
    links_ = &links;
    reads_ = &reads;
  }
  /// `wanted()`: another server needs a snapshot and there is none. Called on the core's thread.
  void set_snapshot_wanted(std::function<void()> wanted) { snapshot_wanted_ = std::move(wanted); }
  /// Nodes went with their sessions; the core's thread.
  void set_ended(std::function<void(const std::vector<replica::EndedEphemeral>&)> ended) {
    on_ended_ = std::move(ended);
  }
  /// This server is about to end, or to be drained: clients had better go elsewhere.
  void set_leaving(bool is_leaving) { is_leaving_ = is_leaving; }
  [[nodiscard]] bool is_leaving() const { return is_leaving_; }
  /// What the replica's start has come to; before the loop runs.
  [[nodiscard]] replica::Effects& effects() { return effects_; }

  // --- Any thread.
  void put(gate::CoreBatch& batch) { inbox_.put(batch); }
  void on_report(DiskReport report);
  /// A received snapshot is on the disk, and here.
  void on_installed(Zxid zxid, std::shared_ptr<LoadedSnapshot> loaded);
  void on_read(LearnerReadThread::Answer answer);

  // --- The loop's thread.
  /// Hands a batch over directly: a shard on the same loop.
  void take(gate::CoreBatch& batch);
  /// Does what there is to do; returns when it wants to be called at the latest.
  MonotonicTime end_turn();
  /// It could not do all at once.
  [[nodiscard]] bool has_more() const { return replica_.has_more(); }

  [[nodiscard]] replica::Replica& replica() { return replica_; }
  [[nodiscard]] const replica::Replica& replica() const { return replica_; }
  [[nodiscard]] net::EventLoop& loop() { return loop_; }
  /// Requests that came with one batch of a shard's.
  [[nodiscard]] const Buckets& batch_sizes() const { return batch_sizes_; }
  /// Null: standalone.
  [[nodiscard]] const PeerLinks* links() const { return links_; }

 private:
  void take_reports(Now now);
  void on_tick(Now now);
  void carry_out();

  net::EventLoop& loop_;
  replica::Replica& replica_;
  Duration tick_;
  std::function<void(std::size_t)> on_mailed_;
  std::function<void()> snapshot_wanted_;
  std::function<void(const std::vector<replica::EndedEphemeral>&)> on_ended_;
  bool is_leaving_ = false;
  LogThread* log_ = nullptr;
  PeerLinks* links_ = nullptr;
  LearnerReadThread* reads_ = nullptr;
  Inbox<gate::CoreBatch> inbox_;
  std::mutex reports_mutex_;
  std::vector<DiskReport> reports_;
  std::vector<DiskReport> reports_taken_;
  Zxid noted_committed_;
  MonotonicTime next_tick_;
  gate::CoreBatch batch_;
  Buckets batch_sizes_;
  DiskTasks tasks_;
  replica::Effects effects_;
};

}  // namespace paddock::runtime
