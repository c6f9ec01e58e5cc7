// SPDX-License-Identifier: Apache-2.0
//
// What the shell must carry out after a step of the replica.
#pragma once

#include <string>
#include <vector>

#include "base/ids.h"
#include "replica/peer_message.h"
#include "zab/effects.h"

namespace paddock::replica {

/// A node that went with its session.
struct EndedEphemeral {
  SessionId session{};
  std::string path;
};

struct Effects {
  /// For the disk, in order; see zab::Effects.
  std::vector<zab::DiskTask> disk;
  std::vector<zab::LogRead> log_reads;
  std::vector<zab::SnapshotRead> snapshot_reads;
  /// To other servers; those to one server stay in order.
  std::vector<PeerEnvelope> sends;
  /// Shards that have new mail; each at most once.
  std::vector<std::size_t> mailed;
  /// Lines for the log.
  std::vector<std::string> notes;
  /// For the audit log.
  std::vector<EndedEphemeral> ended_ephemerals;

  void clear() {
    disk.clear();
    log_reads.clear();
    snapshot_reads.clear();
    sends.clear();
    mailed.clear();
    notes.clear();
    ended_ephemerals.clear();
  }
};

}  // namespace paddock::replica
