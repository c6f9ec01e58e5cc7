// SPDX-License-Identifier: Apache-2.0
//
// The servers of a scenario, their disks and the links between them. Nothing moves unless it is
// told to; whatever comes of a move is written into the trace, one line each: under an event, what
// the server is now, what it asks of its disk, what it sends, and what it delivers. Invariants,
// checked after each move: those of every server; all deliver the same in the same order; an epoch
// has one leader.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "simulation/protocol/sim_peer.h"
#include "zab/message.h"

namespace paddock::scenarios {

using simulation::SimDisk;
using simulation::SimPeer;
using simulation::SimPeerOptions;

class World {
 public:
  /// Before a server first starts: of all servers.
  SimPeerOptions options;
  /// Of those that do not begin with nothing.
  std::map<ServerId, SimDisk> disks;

  // --- Servers and links.
  void start(ServerId id);
  void crash(ServerId id);
  /// A crash of the machine: no other server notices that its link is gone.
  void vanish(ServerId id);
  void lose_disk(ServerId id);
  void link(ServerId a, ServerId b);
  void cut(ServerId a, ServerId b);

  // --- Moves; each does nothing if there is nothing to do.
  /// The oldest message on its way.
  void deliver(ServerId from, ServerId to);
  /// Loses the oldest message on its way, as no link does.
  void lose(ServerId from, ServerId to);
  /// One task of the disk, or all appends that follow one another, with one sync; how many.
  std::size_t move_disk(ServerId id);
  void move_reads(ServerId id);
  void take_snapshot(ServerId id, bool keeps_log);
  void rot_snapshot(ServerId id);
  void tick(Duration by);
  /// Only votes, until a link's next message is about something else or there is none.
  void elect();
  /// Everything among these servers until nothing is on its way. False: there is no end to it.
  [[nodiscard]] bool settle(const std::vector<ServerId>& among);

  // --- Requests.
  void propose(ServerId id, std::size_t count);
  void ask_quorum(ServerId id);
  void reconfigure(ServerId id, const election::Configuration& next);
  void finish_reconfiguration(ServerId id);
  void begin_handover(ServerId id, std::optional<ServerId> successor);

  // --- Questions.
  [[nodiscard]] bool is_known(ServerId id) const { return servers_.contains(id); }
  [[nodiscard]] bool is_up(ServerId id) const;
  [[nodiscard]] bool is_linked(ServerId a, ServerId b) const;
  [[nodiscard]] const SimPeer& server(ServerId id) const { return servers_.at(id).peer; }
  /// Those that run.
  [[nodiscard]] std::vector<ServerId> running() const;
  [[nodiscard]] std::size_t messages(ServerId from, ServerId to) const;

  /// The lines since the last call.
  [[nodiscard]] std::vector<std::string> take_trace() { return std::exchange(trace_, {}); }
  /// The first invariant that was broken; empty if none was.
  [[nodiscard]] const std::string& violation() const { return violation_; }

 private:
  struct Ask {
    std::uint64_t term = 0;
    std::uint64_t beat = 0;
  };
  struct Server {
    explicit Server(SimPeer the_peer) : peer(std::move(the_peer)) {}

    SimPeer peer;
    /// What the trace has shown already.
    std::string standing;
    std::uint64_t term = 0;
    bool is_open = false;
    std::string quorums;
    std::size_t tasks = 0;
    std::size_t log_reads = 0;
    std::size_t snapshot_reads = 0;
    std::int64_t snapshots = 0;
    std::size_t delivered = 0;
    std::vector<Ask> asks;
  };
  using Direction = std::pair<ServerId, ServerId>;

  /// Writes down what a move of `server` has come to, and checks.
  void note(Server& server);
  void note_role(Server& server);
  void note_disk(Server& server);
  void note_sends(Server& server);
  void note_delivered(Server& server);
  void note_confirmed(Server& server);
  void check(const Server& server);
  [[nodiscard]] bool is_vote_next(ServerId from, ServerId to) const;
  void event(std::string text) { trace_.push_back("  " + std::move(text)); }
  void effect(const Server& server, std::string_view text);

  std::map<ServerId, Server> servers_;
  std::set<Direction> linked_;  // as the first of the two sees it
  std::map<Direction, std::deque<zab::Message>> links_;
  MonotonicTime now_{seconds(1000)};
  std::vector<simulation::Record> history_;   // what anybody has delivered
  std::map<std::int64_t, ServerId> leaders_;  // of epochs
  std::uint64_t next_payload_ = 0;
  std::vector<std::string> trace_;
  std::string violation_;
};

}  // namespace paddock::scenarios
