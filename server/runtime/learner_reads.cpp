// SPDX-License-Identifier: Apache-2.0
#include "runtime/learner_reads.h"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

namespace paddock::runtime {

LearnerReads::Learner& LearnerReads::learner_of(ServerId id, MonotonicTime now) {
  Learner& learner = learners_[id];
  learner.used = now;
  return learner;
}

void LearnerReads::note(ServerId id, Learner& learner, const Result<>& outcome) {
  if (outcome) {
    learner.error.clear();
  } else if (learner.error != outcome.error().message) {
    learner.error = outcome.error().message;
    spdlog::error("server {} cannot be sent what it needs: {}", raw(id), learner.error);
  }
}

// --- The log.

zab::LogReadResult LearnerReads::read(const zab::LogRead& read, MonotonicTime now) {
  zab::LogReadResult result;
  result.learner = read.learner;
  result.ticket = read.ticket;
  Learner& learner = learner_of(read.learner, now);
  note(read.learner, learner, read_log(learner, result, read.after));
  return result;
}

Result<> LearnerReads::read_log(Learner& learner, zab::LogReadResult& result, Zxid after) {
  // An open reader may have been overtaken by a truncation: then a new one tells what there is.
  const bool continues = learner.log != nullptr && learner.log->position() == after;
  if (continues && fill(*learner.log, result)) return {};
  learner.log.reset();
  auto reader = store_.log().read(after);
  if (!reader && reader.error().fault == storage::LogFault::Gap) return {};
  if (!reader) return std::unexpected(std::move(reader).error());
  learner.log = std::move(*reader);
  learner.snapshot.reset();  // only now: until here it kept the log from being released
  auto filled = fill(*learner.log, result);
  if (!filled) learner.log.reset();
  return filled;
}

/// An error counts only if nothing was read before it; otherwise it comes again with the next read.
Result<> LearnerReads::fill(storage::LogReader& reader, zab::LogReadResult& result) const {
  const Zxid position = reader.position();
  auto batch = std::make_shared<zab::EntryBatch>();
  while (batch->size() < options_.batch_records && batch->bytes() < options_.batch_bytes) {
    auto record = reader.next();
    if (!record && batch->empty()) return std::unexpected(std::move(record).error());
    if (!record || !*record) break;
    batch->add((*record)->zxid, (*record)->payload);
  }
  result.is_there = true;
  result.position = position;
  result.batch = std::move(batch);
  return {};
}

// --- Snapshots.

zab::SnapshotReadResult LearnerReads::read(const zab::SnapshotRead& read, MonotonicTime now) {
  zab::SnapshotReadResult result;
  result.learner = read.learner;
  result.ticket = read.ticket;
  Learner& learner = learner_of(read.learner, now);
  note(read.learner, learner, read_snapshot(learner, result, read));
  return result;
}

Result<> LearnerReads::read_snapshot(Learner& learner,
                                     zab::SnapshotReadResult& result,
                                     const zab::SnapshotRead& read) {
  if (read.refused > Zxid{}) {
    learner.snapshot.reset();
    PADDOCK_TRY(store_.check_snapshot(read.refused));
  }
  if (learner.snapshot == nullptr || learner.snapshot->zxid() != read.zxid) {
    learner.snapshot.reset();
    auto file = store_.open_snapshot_file(read.zxid);
    if (!file) return std::unexpected(std::move(file).error());
    learner.snapshot = std::move(*file);
    learner.log.reset();
  }
  if (learner.snapshot == nullptr) return {};
  const storage::SnapshotFile& file = *learner.snapshot;
  const bool continues = file.zxid() == read.zxid && read.offset < file.size();
  const std::uint64_t offset = continues ? read.offset : 0;
  auto bytes = learner.snapshot->read(offset, options_.piece_bytes);
  if (!bytes) {
    learner.snapshot.reset();
    return std::unexpected(std::move(bytes).error());
  }
  result.zxid = file.zxid();
  result.offset = offset;
  result.size = file.size();
  result.bytes = std::move(*bytes);
  return {};
}

// --- Time.

void LearnerReads::close_idle(MonotonicTime now) {
  std::erase_if(learners_,
                [&](const auto& one) { return one.second.used + options_.idle_max <= now; });
}

MonotonicTime LearnerReads::next_time() const {
  MonotonicTime next{Duration::max()};
  for (const auto& [id, learner] : learners_) {
    next = std::min(next, learner.used + options_.idle_max);
  }
  return next;
}

}  // namespace paddock::runtime
