// SPDX-License-Identifier: Apache-2.0
//
// A server, its disk and its clients, moved one step at a time by a seeded generator: faults first,
// then a phase without faults in which everything must come to rest and be right. Everything that
// happens is a function of the seed and of the operation at which the disk is told to crash.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "simulation/sim_client.h"
#include "simulation/sim_server.h"

namespace paddock::simulation {

struct Summary {
  std::int64_t requests = 0;  // acknowledged
  std::int64_t events = 0;
  std::int64_t crashes = 0;
  std::int64_t restarts = 0;
  std::int64_t snapshots = 0;
  std::int64_t sessions_lost = 0;
  std::int64_t disk_errors = 0;  // that ended the process
  std::int64_t refused = 0;      // rotten disks that were recognized
  std::int64_t recovered = 0;    // rotten disks from which everything came back

  Summary& operator+=(const Summary& other);
};

/// What a world does, apart from its seed.
struct Plan {
  int steps = 20000;
  /// Not 0: no other fault than a crash in this operation of the disk.
  std::uint64_t crash_at = 0;
  bool has_faults = true;
};

class World {
 public:
  World(std::uint64_t seed, Plan plan);

  /// Runs the plan's steps, then heals and settles. Returns what was wrong; empty if nothing was.
  [[nodiscard]] std::string run();
  /// Operations of the disk so far.
  [[nodiscard]] std::uint64_t disk_operations() const { return disk_.operations(); }
  [[nodiscard]] const Summary& summary() const { return summary_; }

 private:
  /// What this seed does more or less of: how many times in a thousand steps.
  struct Swarm {
    std::uint64_t crash = 0;
    std::uint64_t crash_in_disk = 0;
    std::uint64_t clean_restart = 0;
    std::uint64_t disconnect = 0;
    std::uint64_t close_session = 0;
    std::uint64_t snapshot = 0;
    std::uint64_t long_pause = 0;
    std::uint64_t clock_jump = 0;
    std::uint64_t disk_error = 0;
    std::uint64_t disk_full = 0;
    std::uint64_t rot = 0;  // of the disk of a server that is down, in a thousand starts
  };

  void step();
  void fault();
  void move_something();
  void move_network(SimClient& client);
  void move_server();
  void advance(Duration by);
  void start_server();
  void check_recovered(SimServer& server, std::int64_t acknowledged);
  /// Starts servers on copies of the disk, each with one rotten byte.
  void try_rotten_disks();
  void try_rotten_disk(const std::string& path, std::uint64_t offset);
  void commit_log();
  void crash();
  /// The process ends by itself, as it does when the log cannot be written.
  void die();
  /// The disk has failed an operation, or was too full for one.
  [[nodiscard]] bool is_disk_unwell() const;
  void heal_disk();
  void stop_cleanly();
  void lose_connections();
  void disconnect(SimClient& client);
  void note_state();
  void check();
  void fail(std::string what);
  [[nodiscard]] bool happens(std::uint64_t in_thousand) { return prng_.chance(in_thousand, 1000); }
  void settle();
  [[nodiscard]] bool all_at_rest();
  void check_final_state();
  void check_fading_nodes();

  Prng prng_;
  Plan plan_;
  Swarm swarm_;
  ServerOptions options_;
  fake_disk::FakeDisk disk_;
  Now now_{.monotonic = {seconds(1000)}, .wall = {1'700'000'000'000}};
  std::unique_ptr<SimServer> server_;
  Facts facts_;
  std::vector<std::unique_ptr<SimClient>> clients_;
  bool faults_ = true;
  MonotonicTime next_pings_;
  std::map<std::int64_t, std::uint64_t> digests_;  // by zxid, of every state that was seen
  std::uint64_t fails_at_ = 0;                     // the operation that the disk was told to fail
  bool is_disk_small_ = false;
  // Where the last two commits ended. Rot in the last one looks like a crash in the middle of it.
  std::int64_t last_commit_ = 0;
  std::int64_t commit_before_ = 0;
  std::string violation_;
  Summary summary_;
};

}  // namespace paddock::simulation
