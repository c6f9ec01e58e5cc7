// SPDX-License-Identifier: Apache-2.0
//
// An ensemble of zab::Peer and nothing else, moved one step at a time by a seeded generator: first
// with faults (crashes, pauses, broken and one-way links, slow and lost disks) and changes of the
// configuration, then without, when
// everything has to come to rest. Checked: all servers apply the same history, each a prefix of it
// and none of it ever changes; what was committed stays; an entry is the same, behind the same, in
// every log that ever had it, whoever it came from; an answer of a quorum proves that the leader
// knew of everything committed before it was asked. Small and fast, so that many seeds can
// be run; the whole servers are simulated elsewhere (world.h).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/prng.h"
#include "base/time.h"
#include "simulation/peer_network.h"
#include "simulation/protocol/sim_peer.h"

namespace paddock::simulation {

struct ClusterSummary {
  std::int64_t committed = 0;
  std::int64_t elections = 0;
  std::int64_t epochs = 0;
  std::int64_t crashes = 0;
  std::int64_t broken_links = 0;
  std::int64_t handovers = 0;
  std::int64_t truncations = 0;
  std::int64_t snapshots_installed = 0;
  std::int64_t snapshots_refused = 0;
  std::int64_t barriers = 0;
  std::int64_t lost_disks = 0;
  std::int64_t reconfigurations = 0;
  std::int64_t rebuilds = 0;
  std::int64_t fed = 0;      // batches that a follower sent to an observer
  std::int64_t feeders = 0;  // that observers were told

  ClusterSummary& operator+=(const ClusterSummary& other);
};

class Cluster {
 public:
  Cluster(std::uint64_t seed, int steps);

  /// What was wrong; empty if nothing was.
  [[nodiscard]] std::string run();
  [[nodiscard]] const ClusterSummary& summary() const { return summary_; }

 private:
  using Network = PeerNetwork<zab::Message>;
  struct Barrier {
    std::size_t server = 0;
    std::uint64_t term = 0;
    std::uint64_t beat = 0;
    Zxid last;                  // of the leader when it asked
    std::size_t committed = 0;  // by anybody, then
  };
  struct Swarm {
    std::uint64_t crash = 0;
    std::uint64_t break_link = 0;
    std::uint64_t stall_link = 0;
    std::uint64_t partition = 0;
    std::uint64_t pause = 0;
    std::uint64_t snapshot = 0;
    std::uint64_t handover = 0;
    std::uint64_t slow_disk = 0;
    std::uint64_t lost_disk = 0;  // of crashes, in a hundred
    std::uint64_t long_time = 0;
    std::uint64_t reconfigure = 0;
    std::uint64_t rebuild = 0;
    std::uint64_t cut_pair = 0;
    std::uint64_t rot = 0;
  };

  void step();
  void fault();
  void move_network();
  void move_server(std::size_t at);
  void request();
  void reconfigure(std::size_t at);
  void rebuild(std::size_t at);
  void carry(std::size_t at);
  void check(std::size_t at);
  void check_logged(std::size_t at);
  void check_barriers();
  void crash(std::size_t at);
  [[nodiscard]] bool may_lose_disk() const;
  void heal();
  void settle();
  [[nodiscard]] bool is_at_rest() const;
  [[nodiscard]] bool happens(std::uint64_t in_ten_thousand) {
    return prng_.chance(in_ten_thousand, 10000);
  }
  void fail(std::string what);

  Prng prng_;
  int steps_;
  Swarm swarm_;
  bool faults_ = true;
  std::vector<std::unique_ptr<SimPeer>> servers_;
  std::vector<bool> paused_;
  std::vector<bool> slow_;
  std::size_t voters_min_ = 0;  // of every configuration
  std::unique_ptr<Network> network_;
  MonotonicTime now_{seconds(1000)};
  std::vector<Record> history_;          // what anybody has applied
  std::map<Zxid, LoggedRecord> logged_;  // what anybody has had in its log
  std::vector<std::size_t> checked_;
  std::vector<Barrier> barriers_;
  std::map<std::int64_t, ServerId> leaders_;  // of epochs
  std::int64_t next_payload_ = 0;
  ClusterSummary summary_;
  std::string violation_;
};

}  // namespace paddock::simulation
