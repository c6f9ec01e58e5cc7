// SPDX-License-Identifier: Apache-2.0
#include "runtime/replica_disk.h"

#include <utility>
#include <variant>

#include "base/assert.h"

namespace paddock::runtime {
namespace {

void queue_one(const zab::LogAppend& append, DiskTasks& tasks) {
  storage::LogBatch& records = tasks.records();
  for (const zab::Entry& entry : append.batch->entries()) {
    if (entry.zxid > append.after) records.add(entry.zxid, append.batch->payload(entry));
  }
}

void queue_one(const zab::LogTruncate& truncate, DiskTasks& tasks) {
  tasks.add(Truncate{truncate.zxid});
}

void queue_one(const zab::Epochs& epochs, DiskTasks& tasks) {
  tasks.add(PromiseEpochs{
      .accepted = epochs.accepted, .current = epochs.current, .may_vote = epochs.may_vote});
}

void queue_one(zab::SnapshotPiece& piece, DiskTasks& tasks) {
  tasks.add(ReceivedPiece{.epoch = piece.epoch,
                          .zxid = piece.zxid,
                          .offset = piece.offset,
                          .size = piece.size,
                          .bytes = std::move(piece.bytes)});
}

class Teller {
 public:
  Teller(replica::Replica& replica, Now now) : replica_(replica), now_(now) {}

  void operator()(const Durable& report) const { replica_.on_log_durable(report.zxid, now_); }
  void operator()(const Truncated& report) const { replica_.on_truncated(report.zxid, now_); }
  void operator()(const EpochsPromised& report) const {
    replica_.on_epochs_durable(
        {.accepted = report.accepted, .current = report.current, .may_vote = report.may_vote},
        now_);
  }
  void operator()(const PieceWritten& report) const {
    replica_.on_snapshot_written({report.epoch, report.zxid, report.offset}, now_);
  }
  void operator()(const Installed& /*report*/) const { PADDOCK_UNREACHABLE(); }
  void operator()(const InstallFailed& report) const {
    replica_.on_install_failed(report.is_damaged, now_);
  }

 private:
  replica::Replica& replica_;
  Now now_;
};

}  // namespace

void queue(zab::DiskTask task, DiskTasks& tasks) {
  std::visit([&](auto& one) { queue_one(one, tasks); }, task);
}

void tell(const DiskReport& report, replica::Replica& replica, Now now) {
  std::visit(Teller(replica, now), report);
}

}  // namespace paddock::runtime
