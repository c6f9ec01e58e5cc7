// SPDX-License-Identifier: Apache-2.0
#include "runtime/core.h"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "base/assert.h"
#include "runtime/replica_disk.h"

namespace paddock::runtime {

Core::Core(net::EventLoop& loop,
           replica::Replica& replica,
           milliseconds tick,
           std::function<void(std::size_t)> on_mailed)
    : loop_(loop),
      replica_(replica),
      tick_(tick / 2),
      on_mailed_(std::move(on_mailed)),
      inbox_([this] { loop_.wake(); }),
      next_tick_(loop.now().monotonic + tick_) {}

/// Reports of durability that follow one another are one.
void Core::on_report(DiskReport report) {
  {
    const std::lock_guard lock(reports_mutex_);
    if (!reports_.empty() && std::holds_alternative<Durable>(report) &&
        std::holds_alternative<Durable>(reports_.back())) {
      reports_.back() = std::move(report);
      return;
    }
    reports_.push_back(std::move(report));
  }
  loop_.wake();
}

void Core::on_installed(Zxid zxid, std::shared_ptr<LoadedSnapshot> loaded) {
  loop_.post([this, zxid, loaded = std::move(loaded)] {
    const Now now = loop_.now();
    take_reports(now);
    replica_.restore_charter(loaded->charter);
    replica_.on_snapshot_installed(zxid, *loaded->tree, loaded->sessions, now);
  });
}

void Core::on_read(LearnerReadThread::Answer answer) {
  auto shared = std::make_shared<LearnerReadThread::Answer>(std::move(answer));
  loop_.post([this, shared] {
    if (auto* log = std::get_if<zab::LogReadResult>(shared.get())) {
      replica_.on_log_read(std::move(*log), loop_.now());
      return;
    }
    auto& snapshot = std::get<zab::SnapshotReadResult>(*shared);
    if (snapshot.bytes.empty()) snapshot_wanted_();
    replica_.on_snapshot_read(std::move(snapshot), loop_.now());
  });
}

void Core::take(gate::CoreBatch& batch) {
  if (batch.empty()) return;
  batch_sizes_.add(static_cast<std::int64_t>(batch.entries().size()));
  replica_.on_batch(batch, loop_.now());
  batch.clear();
}

void Core::take_reports(Now now) {
  {
    const std::lock_guard lock(reports_mutex_);
    std::swap(reports_, reports_taken_);
  }
  for (const DiskReport& report : reports_taken_) tell(report, replica_, now);
  reports_taken_.clear();
}

MonotonicTime Core::end_turn() {
  const Now now = loop_.now();
  inbox_.take(batch_);
  take(batch_);
  take_reports(now);
  if (now.monotonic >= next_tick_) on_tick(now);
  replica_.on_time(now);
  if (links_ != nullptr) links_->on_time(now.monotonic);
  replica_.end_turn(now, effects_);
  carry_out();
  if (has_more()) return now.monotonic;
  const MonotonicTime next = std::min(next_tick_, replica_.next_time());
  return links_ == nullptr ? next : std::min(next, links_->next_time());
}

void Core::on_tick(Now now) {
  next_tick_ = now.monotonic + tick_;
  replica_.on_tick(now);
  const zab::Peer& peer = replica_.peer();
  if (peer.is_alone() || peer.committed() <= noted_committed_) return;
  noted_committed_ = peer.committed();
  tasks_.add(NoteCommitted{noted_committed_, mark_of(replica_.charter())});
}

void Core::carry_out() {
  PADDOCK_ASSERT(log_ != nullptr);
  for (zab::DiskTask& task : effects_.disk) queue(std::move(task), tasks_);
  if (!tasks_.empty()) log_->put(tasks_);
  for (const zab::LogRead& read : effects_.log_reads) reads_->put(read);
  for (const zab::SnapshotRead& read : effects_.snapshot_reads) reads_->put(read);
  for (replica::PeerEnvelope& envelope : effects_.sends) {
    links_->send(envelope.to, std::move(envelope.message));
  }
  if (links_ != nullptr) links_->end_turn();
  for (const std::size_t shard : effects_.mailed) on_mailed_(shard);
  for (const std::string& note : effects_.notes) spdlog::warn("{}", note);
  if (!effects_.ended_ephemerals.empty()) on_ended_(effects_.ended_ephemerals);
  effects_.clear();
}

}  // namespace paddock::runtime
