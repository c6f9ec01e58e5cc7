// SPDX-License-Identifier: Apache-2.0
//
// What went over the links to other servers, as ZooKeeper counts it.
#pragma once

#include <cstdint>
#include <variant>

#include "zab/message.h"

namespace paddock::replica {

struct LinkCounters {
  /// Learners that were brought up to this leader's history by what they lacked of it, or by a
  /// whole snapshot.
  std::int64_t diffs = 0;
  std::int64_t snapshots = 0;
  /// Transactions that came as proposals.
  std::int64_t proposals_received = 0;
  std::int64_t commits_received = 0;

  void on_sent(const zab::Message& message) {
    if (std::holds_alternative<zab::SyncFrom>(message)) ++diffs;
    const auto* piece = std::get_if<zab::SnapshotPiece>(&message);
    if (piece != nullptr && piece->offset == 0) ++snapshots;
  }
  void on_received(const zab::Message& message) {
    if (std::holds_alternative<zab::Commit>(message)) ++commits_received;
    const auto* append = std::get_if<zab::Append>(&message);
    if (append == nullptr || append->batch == nullptr) return;
    proposals_received += static_cast<std::int64_t>(append->batch->size());
  }
};

}  // namespace paddock::replica
