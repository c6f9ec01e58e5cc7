// SPDX-License-Identifier: Apache-2.0
//
// One life of a server: the real store, tree, replica and shards, from recovery to a crash or a
// clean end, on a fake disk and a fake clock. Where the program has threads, this has queues, and
// the world decides which of them moves next; so any interleaving that threads could produce can
// happen here, by seed.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "auth/authenticator.h"
#include "fake_disk/fake_disk.h"
#include "gate/shared_tree.h"
#include "replica/replica.h"
#include "runtime/disk_worker.h"
#include "runtime/learner_reads.h"
#include "runtime/snapshot_job.h"
#include "shard/shard.h"
#include "storage/store.h"

namespace paddock::simulation {

struct ServerOptions {
  std::size_t shards = 1;
  std::uint64_t segment_bytes = std::uint64_t{64} << 10U;
  std::size_t snapshots_kept = 2;
  /// Nodes of a snapshot between which others may move.
  std::size_t nodes_per_chunk = 8;

  /// The ensemble that the server belongs to; none: it is alone.
  std::optional<election::Configuration> configuration;
  ServerId id{1};
  /// Its disk has never belonged to a voter.
  bool is_joining = false;
  std::uint64_t first_request = 1;
  std::uint32_t feature_level = 1;
  /// That the ensemble gets if this server is its first leader.
  std::string new_ensemble_id;
  /// See zab::PeerOptions.
  Duration feed_lag_max = milliseconds(500);
  Duration feed_retry = milliseconds(5000);
  milliseconds patience{4000};
  bool read_only_mode = false;
  bool local_sessions = false;
  bool local_sessions_upgrading = false;
};

class SimServer {
 public:
  /// Opens the store and recovers. *Errors*: as the program's.
  [[nodiscard]] static Result<std::unique_ptr<SimServer>> start(fake_disk::FakeDisk& disk,
                                                                const ServerOptions& options,
                                                                Now now);

  // --- The network.
  [[nodiscard]] ConnectionId connect(std::size_t shard, Now now);
  /// Takes at most `count` of `bytes`; returns how many the server wanted.
  [[nodiscard]] std::size_t deliver(ConnectionId id, View bytes, Now now);
  /// Takes at most `count` bytes that the server has for the client.
  [[nodiscard]] std::string take_output(ConnectionId id, std::size_t count, Now now);
  [[nodiscard]] bool has_output(ConnectionId id);
  void disconnect(ConnectionId id, Now now);
  /// A part of the clients of a shard has to go elsewhere.
  void send_away(std::size_t shard, std::size_t parts, Now now);
  /// Whether the server has ended the connection.
  [[nodiscard]] bool is_closed(ConnectionId id) const;

  // --- What threads would do; each does nothing if there is nothing to do.
  void move_core_batch(std::size_t shard, Now now);
  void move_mail(std::size_t shard, Now now);
  /// One task of the disk: a group commit, or another. False: the disk failed and the process is
  /// dead.
  [[nodiscard]] bool commit_log();
  /// Tells the core what the disk has done.
  void report_durable(Now now);
  /// One read for another server.
  void move_reads(Now now);
  void on_time(Now now);
  void tick(Now now);
  /// False: the disk failed in a way that ends the process.
  [[nodiscard]] bool prepare_spare();
  /// Looks at the free space: writes are refused while there is little.
  void check_space();
  void begin_snapshot();
  /// False: the snapshot could not be written; the server goes on.
  [[nodiscard]] bool step_snapshot(WallTime now);
  /// Why step_snapshot() has failed.
  [[nodiscard]] const std::string& snapshot_error() const { return snapshot_error_; }
  [[nodiscard]] bool has_snapshot_job() const { return job_ != nullptr; }

  // --- The ensemble.
  void on_link_up(ServerId peer, std::uint32_t feature_level, Now now);
  void on_link_down(ServerId peer, Now now);
  void on_peer_message(ServerId peer, replica::PeerMessage message, Now now);
  [[nodiscard]] std::vector<replica::PeerEnvelope> take_sends();
  [[nodiscard]] bool begin_handover(Now now);
  [[nodiscard]] bool is_serving() const { return replica_->service() != gate::Service::None; }
  [[nodiscard]] std::int64_t snapshots_installed() const { return snapshots_installed_; }

  /// Nothing is on its way inside the server.
  [[nodiscard]] bool is_quiet();
  [[nodiscard]] bool close();
  [[nodiscard]] Zxid last_durable() { return store_->log().last(); }

  [[nodiscard]] const tree::DataTree& tree() const { return tree_->writers_view(); }
  [[nodiscard]] const replica::Replica& replica() const { return *replica_; }
  [[nodiscard]] std::size_t shard_count() const { return shards_.size(); }
  [[nodiscard]] std::size_t connection_count() const;
  [[nodiscard]] std::size_t watch_count() const;
  void check_invariants() const;

 private:
  struct ShardState {
    std::unique_ptr<shard::Shard> shard;
    shard::Effects effects;
    std::deque<gate::CoreBatch> to_core;
    bool has_mail = false;
  };

  SimServer() : authenticator_(auth::AuthOptions{}) {}
  void settle(ShardState& state, Now now);
  [[nodiscard]] Result<> open(fake_disk::FakeDisk& disk, const ServerOptions& options, Now now);
  void take_replica_effects(Now now);
  void install(const runtime::Installed& report, Now now);
  [[nodiscard]] ShardState& state_of(ConnectionId id);

  auth::Authenticator authenticator_;
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<gate::SharedTree> tree_;
  std::unique_ptr<replica::Replica> replica_;
  std::shared_ptr<shard::ClientLimits> limits_;
  std::vector<std::unique_ptr<ShardState>> shards_;
  replica::Effects effects_;
  runtime::SnapshotPace pace_;
  runtime::DiskTasks disk_tasks_;
  std::optional<runtime::DiskWorker> disk_worker_;
  std::deque<runtime::DiskReport> disk_reports_;
  std::optional<runtime::LearnerReads> learner_reads_;
  std::deque<zab::LogRead> log_reads_;
  std::deque<zab::SnapshotRead> snapshot_reads_;
  std::vector<replica::PeerEnvelope> sends_;
  Zxid noted_committed_;
  std::int64_t snapshots_installed_ = 0;
  std::unique_ptr<runtime::SnapshotJob> job_;
  std::string snapshot_error_;
  mutable Zxid checked_zxid_{-1};
  mutable int unchecked_ = 0;
  std::vector<ConnectionId> closing_;
  std::vector<ConnectionId> closed_;
};

}  // namespace paddock::simulation
