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
  /// Whether the server has ended the connection.
  [[nodiscard]] bool is_closed(ConnectionId id) const;

  // --- What threads would do; each does nothing if there is nothing to do.
  void move_core_batch(std::size_t shard, Now now);
  void move_mail(std::size_t shard, Now now);
  /// One group commit. False: the disk failed and the process is dead.
  [[nodiscard]] bool commit_log();
  void report_durable(Now now);
  void tick(Now now);
  /// False: the disk failed in a way that ends the process.
  [[nodiscard]] bool prepare_spare();
  /// Looks at the free space: writes are refused while there is little.
  void check_space();
  void begin_snapshot();
  /// False: the snapshot could not be written; the server goes on.
  [[nodiscard]] bool step_snapshot(WallTime now);
  [[nodiscard]] bool has_snapshot_job() const { return job_ != nullptr; }
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
  void take_replica_effects(Now now);
  [[nodiscard]] ShardState& state_of(ConnectionId id);

  auth::Authenticator authenticator_;
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<gate::SharedTree> tree_;
  std::unique_ptr<replica::Replica> replica_;
  std::vector<std::unique_ptr<ShardState>> shards_;
  replica::Effects effects_;
  runtime::SnapshotPace pace_;
  storage::LogBatch log_queue_;
  std::optional<Zxid> durable_;
  std::unique_ptr<runtime::SnapshotJob> job_;
  std::vector<ConnectionId> closing_;
  std::vector<ConnectionId> closed_;
};

}  // namespace paddock::simulation
