// SPDX-License-Identifier: Apache-2.0
#include "runtime/snapshot_job.h"

#include <utility>

#include "data/chunk_kinds.h"

namespace paddock::runtime {

SnapshotJob::SnapshotJob(gate::SharedTree& tree,
                         std::size_t slot,
                         const session::SessionTable& sessions,
                         replica::Charter charter,
                         SnapshotPace pace)
    : tree_(tree), slot_(slot), pace_(pace), charter_(std::move(charter)) {
  const gate::SharedTree::WriteGate gate = tree.write();
  walk_ = std::make_unique<tree::SnapshotWalk>(gate.tree(), pace_.walk);
  sessions.for_each([this](const session::Session& session) { sessions_.push_back(session); });
}

SnapshotJob::~SnapshotJob() {
  // The walk leaves the tree as it came: inside a gate.
  const gate::SharedTree::ReadGate gate = tree_.read(slot_);
  walk_.reset();
}

Result<bool> SnapshotJob::step(storage::Store& store, WallTime now) {
  if (writer_ == nullptr) PADDOCK_TRY(begin(store, now));
  const auto more = walk();
  PADDOCK_TRY(more);
  chunk_.SerializeToString(&bytes_);
  chunk_.Clear();
  PADDOCK_TRY(writer_->add(data::kChunkTree, bytes_));
  if (!*more) PADDOCK_TRY(store.complete_snapshot(std::move(writer_)));
  return *more;
}

Result<> SnapshotJob::begin(storage::Store& store, WallTime now) {
  auto writer = store.begin_snapshot({.zxid = walk_->zxid(),
                                      .ensemble_id = charter_.ensemble_id,
                                      .created = now,
                                      .items = walk_->nodes(),
                                      .feature_level = charter_.feature_level});
  PADDOCK_TRY(writer);
  writer_ = std::move(*writer);
  return writer_->add(data::kChunkSessions, data::encode_sessions(sessions_));
}

Result<bool> SnapshotJob::walk() {
  for (int step = 0; step < pace_.steps_per_chunk; ++step) {
    const gate::SharedTree::ReadGate gate = tree_.read(slot_);
    const auto more = walk_->step(chunk_);
    if (!more || !*more) return more;
  }
  return true;
}

}  // namespace paddock::runtime
