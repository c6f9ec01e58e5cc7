// SPDX-License-Identifier: Apache-2.0
//
// A whole ensemble and its clients, moved one step at a time by a seeded generator: the real
// server on a disk of its own each, a network between servers and one to clients whose sessions
// move from server to server. First with faults, then without, when everything must come to rest
// and be right. What a client is told is held against what it and all others were told
// (sim_client.h, shared_history.h); what servers hold at one zxid must be the same everywhere.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "simulation/peer_network.h"
#include "simulation/sim_client.h"
#include "simulation/sim_server.h"

namespace paddock::simulation {

struct EnsembleSummary {
  std::int64_t requests = 0;  // acknowledged
  std::int64_t events = 0;
  std::int64_t crashes = 0;
  std::int64_t starts = 0;
  std::int64_t snapshots = 0;
  std::int64_t installed = 0;
  std::int64_t fed = 0;  // batches that a follower sent to an observer
  std::int64_t handovers = 0;
  std::int64_t broken_links = 0;
  std::int64_t sessions_lost = 0;
  std::int64_t moves = 0;  // of a client to another server
  std::int64_t elections = 0;
  std::int64_t simulated_s = 0;
  std::int64_t reconfigurations = 0;
  std::int64_t pauses = 0;
  std::int64_t partitions = 0;
  std::int64_t cut_pairs = 0;
  std::int64_t stalled_links = 0;
  std::int64_t clock_jumps = 0;
  std::int64_t levels = 0;  // that came into force
  std::int64_t rebuilds = 0;
  std::int64_t read_only_connections = 0;
  /// Messages of the protocol by kind, in the order of zab::Message.
  std::array<std::int64_t, std::variant_size_v<zab::Message>> messages{};

  EnsembleSummary& operator+=(const EnsembleSummary& other);
};

class EnsembleWorld {
 public:
  EnsembleWorld(std::uint64_t seed, int steps);

  /// Runs the steps, then heals and settles. Returns what was wrong; empty if nothing was.
  [[nodiscard]] std::string run();
  [[nodiscard]] const EnsembleSummary& summary() const { return summary_; }

 private:
  using Network = PeerNetwork<replica::PeerMessage>;
  /// What this seed does more or less of: how many times in ten thousand steps.
  struct Swarm {
    std::uint64_t crash = 0;
    std::uint64_t crash_in_disk = 0;
    std::uint64_t clean_restart = 0;
    std::uint64_t disconnect = 0;
    std::uint64_t close_session = 0;
    std::uint64_t snapshot = 0;
    std::uint64_t pause = 0;
    std::uint64_t break_link = 0;
    std::uint64_t stall_link = 0;
    std::uint64_t partition = 0;
    std::uint64_t handover = 0;
    std::uint64_t long_time = 0;
    std::uint64_t clock_jump = 0;
    std::uint64_t reconfigure = 0;
    std::uint64_t wrong_digest = 0;  // of a hundred
    std::uint64_t send_away = 0;
    std::uint64_t cut_pair = 0;
  };
  struct Host {
    ServerId id{};
    ServerOptions options;
    fake_disk::FakeDisk disk;
    std::unique_ptr<SimServer> server;
    bool is_paused = false;
    std::int64_t clock_offset_ms = 0;
    MonotonicTime next_tick;
  };
  struct Caller {
    std::unique_ptr<SimClient> client;
    std::size_t host = 0;  // of its connection
  };

  void step();
  void fault();
  void move_network();
  void move_client(Caller& caller);
  void move_host(Host& host);
  void move_disk(Host& host);
  void carry(std::size_t at);
  void start(Host& host);
  void crash(std::size_t at);
  void end_process(std::size_t at);
  void stop_cleanly(std::size_t at);
  void disconnect(Caller& caller);
  [[nodiscard]] std::string random_members();
  [[nodiscard]] bool may_link(std::size_t one, std::size_t other) const;
  void count_life(const SimServer& server);
  void note_state(const Host& host);
  void note_charter(const Host& host);
  void settle();
  [[nodiscard]] bool is_at_rest();
  void check_final_state();
  [[nodiscard]] std::string describe() const;
  [[nodiscard]] Now now_at(const Host& host) const;
  [[nodiscard]] bool listens(std::size_t at) const {
    return hosts_[at]->server != nullptr && !hosts_[at]->is_paused;
  }
  [[nodiscard]] bool happens(std::uint64_t in_ten_thousand) {
    return prng_.chance(in_ten_thousand, 10000);
  }
  void fail(std::string what);

  Prng prng_;
  int steps_;
  Swarm swarm_;
  bool faults_ = true;
  std::vector<std::unique_ptr<Host>> hosts_;
  std::unique_ptr<Network> network_;
  Facts facts_;
  std::vector<Caller> callers_;
  MonotonicTime now_{seconds(1000)};
  MonotonicTime next_pings_;
  std::map<std::int64_t, std::uint64_t> digests_;      // by zxid
  std::map<std::int64_t, replica::Charter> charters_;  // by zxid
  std::uint32_t level_in_force_ = 0;
  std::map<std::int64_t, ServerId> leaders_;  // by epoch
  std::string violation_;
  EnsembleSummary summary_;
};

}  // namespace paddock::simulation
