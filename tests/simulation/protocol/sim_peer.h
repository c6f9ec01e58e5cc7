// SPDX-License-Identifier: Apache-2.0
//
// One server of the protocol simulation: zab::Peer on a disk of its own that is a list of records.
// The disk's queue moves when the world says so, and a crash loses what has not moved. The state
// that is replicated is the list of everything that was applied, so that two histories can be
// compared whole.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "zab/peer.h"

namespace paddock::simulation {

struct Record {
  Zxid zxid;
  std::string payload;
  friend bool operator==(const Record&, const Record&) = default;
};

/// A record as it was written to a log.
struct LoggedRecord {
  Zxid previous;
  Record record;
  friend bool operator==(const LoggedRecord&, const LoggedRecord&) = default;
};

/// Payloads that change the configuration, and nothing else.
[[nodiscard]] std::string begin_payload(const election::Configuration& next);
[[nodiscard]] std::string finish_payload();

/// What survives a crash.
struct SimDisk {
  std::vector<Record> log;  // above base
  Zxid base;
  std::vector<Record> snapshot;  // the state at `snapshot_zxid`
  Zxid snapshot_zxid;
  zab::Epochs epochs;
  Zxid committed;  // a hint, as of some time ago

  /// The last record, or where the log begins.
  [[nodiscard]] Zxid log_end() const { return log.empty() ? base : log.back().zxid; }
};

struct SimPeerOptions {
  zab::PeerOptions peer;
  /// As configured; what the history holds goes before.
  election::Configuration configuration;
  /// The disk has never held anything.
  bool is_joining = false;
  /// Bytes of a snapshot that go in one message.
  std::size_t piece_bytes = 16;
  /// Records that are read from the log at once.
  std::size_t read_records = 3;
};

class SimPeer {
 public:
  explicit SimPeer(SimPeerOptions options, SimDisk disk = {});

  // --- Life.
  [[nodiscard]] bool is_up() const { return peer_ != nullptr; }
  void start(MonotonicTime now);
  void crash();
  /// What it held is gone; it is down.
  void lose_disk();
  [[nodiscard]] bool may_vote() const {
    return disk_.epochs.may_vote && (!is_up() || peer_->state().wanted_epochs.may_vote);
  }

  // --- What the world moves.
  void on_link_up(ServerId peer, MonotonicTime now);
  void on_link_down(ServerId peer, MonotonicTime now);
  void on_message(ServerId from, zab::Message message, MonotonicTime now);
  void on_time(MonotonicTime now);
  /// One task of the disk's queue.
  void move_disk(MonotonicTime now);
  /// All appends at the head of the disk's queue, with one sync.
  void move_log(MonotonicTime now);
  /// One read for a learner.
  void move_reads(MonotonicTime now);
  /// A snapshot of what is applied, if the log has all of it; how many records of the log it holds.
  [[nodiscard]] std::size_t take_snapshot();
  /// What is read of its snapshot from now on is damaged, until somebody says so.
  void rot_snapshot() { is_rotten_ = disk_.snapshot_zxid > Zxid{}; }
  /// The snapshot has the first `count` records of the log, which go.
  void shorten_log(std::size_t count);
  [[nodiscard]] bool is_quiet() const;

  // --- Requests.
  /// Orders `count` entries; nothing if this server may not.
  void propose(const std::vector<std::string>& payloads, MonotonicTime now);
  /// Begins to change the configuration, if it may and a quorum of the next one is in step.
  [[nodiscard]] bool reconfigure(const election::Configuration& next, MonotonicTime now);
  /// Finishes a change that has been applied here.
  void finish_reconfiguration(MonotonicTime now);
  [[nodiscard]] std::uint64_t ask_quorum(MonotonicTime now);
  [[nodiscard]] bool begin_handover(std::optional<ServerId> successor, MonotonicTime now);
  /// What it has applied is worth nothing.
  void begin_rebuild(MonotonicTime now);
  void distrust(ServerId server) { peer_->distrust(server); }

  [[nodiscard]] std::vector<zab::Envelope> take_sends();
  /// What has been written to the log since the last call.
  [[nodiscard]] std::vector<LoggedRecord> take_logged() { return std::exchange(logged_, {}); }
  [[nodiscard]] const zab::Peer& peer() const { return *peer_; }
  [[nodiscard]] const SimDisk& disk() const { return disk_; }
  /// What is asked of the disk and not done yet.
  [[nodiscard]] const std::deque<zab::DiskTask>& disk_queue() const { return disk_queue_; }
  [[nodiscard]] const std::vector<zab::LogRead>& log_reads() const { return log_reads_; }
  [[nodiscard]] const std::vector<zab::SnapshotRead>& snapshot_reads() const {
    return snapshot_reads_;
  }
  [[nodiscard]] ServerId id() const { return options_.peer.self; }
  /// Everything that this server has ever applied, in order, the snapshot's part included.
  [[nodiscard]] const std::vector<Record>& applied() const { return applied_; }
  [[nodiscard]] std::int64_t snapshots_installed() const { return snapshots_installed_; }
  [[nodiscard]] std::int64_t snapshots_refused() const { return snapshots_refused_; }
  [[nodiscard]] std::int64_t truncations() const { return truncations_; }
  void check_invariants() const;

 private:
  void after_step();
  void apply_committed();
  void append(const zab::LogAppend& task);
  void truncate(const zab::LogTruncate& task, MonotonicTime now);
  void write_piece(const zab::SnapshotPiece& piece, MonotonicTime now);
  void read_log(const zab::LogRead& read, MonotonicTime now);
  void read_snapshot(const zab::SnapshotRead& read, MonotonicTime now);
  /// Who decides, by what is applied.
  [[nodiscard]] election::Quorums applied_quorums() const;

  SimPeerOptions options_;
  SimDisk disk_;
  std::unique_ptr<zab::Peer> peer_;
  zab::Effects effects_;
  std::deque<zab::DiskTask> disk_queue_;
  std::vector<zab::LogRead> log_reads_;
  std::vector<zab::SnapshotRead> snapshot_reads_;
  std::vector<zab::Envelope> sends_;
  std::vector<Record> applied_;
  std::vector<LoggedRecord> logged_;
  std::string received_;  // of a snapshot
  std::pair<std::int64_t, Zxid> received_of_;
  bool is_rotten_ = false;  // the snapshot, as others read it
  std::int64_t snapshots_installed_ = 0;
  std::int64_t snapshots_refused_ = 0;
  std::int64_t truncations_ = 0;
};

}  // namespace paddock::simulation
