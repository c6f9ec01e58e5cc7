// SPDX-License-Identifier: Apache-2.0
//
// A server, its disk and its clients, moved one step at a time by a seeded generator: faults first,
// then a phase without faults in which everything must come to rest and be right. Everything that
// happens is a function of the seed.
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
};

class World {
 public:
  explicit World(std::uint64_t seed);

  /// Runs `steps` with faults, then heals and settles. Returns what was wrong; empty if nothing
  /// was.
  [[nodiscard]] std::string run(int steps);
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
  };

  void step();
  void fault();
  void move_something();
  void move_network(SimClient& client);
  void move_server();
  void advance(Duration by);
  void start_server();
  void crash();
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

  Prng prng_;
  Swarm swarm_;
  ServerOptions options_;
  fake_disk::FakeDisk disk_;
  Now now_{.monotonic = {seconds(1000)}, .wall = {1'700'000'000'000}};
  std::unique_ptr<SimServer> server_;
  std::vector<std::unique_ptr<SimClient>> clients_;
  bool faults_ = true;
  MonotonicTime next_pings_;
  std::map<std::int64_t, std::uint64_t> digests_;  // by zxid, of every state that was seen
  std::string violation_;
  Summary summary_;
};

}  // namespace paddock::simulation
