// SPDX-License-Identifier: Apache-2.0
//
// Fast leader election as a pure machine, from the moment a server is looking for a leader to the
// moment it has found one. An election is only a proposal: that the leader has everything that was
// committed is proven afterwards, by Zab's discovery, so the election may be quick. It is over at
// once when every voter that can be reached proposes the same; otherwise, with a quorum, after a
// short wait for better votes. Owned by zab::Peer. Source: ZooKeeper FastLeaderElection.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "election/configuration.h"
#include "election/server_set.h"
#include "election/vote.h"

namespace paddock::election {

struct ElectionOptions {
  /// How long a quorum waits for a better vote from voters that are linked and have not agreed.
  Duration finalize_wait = milliseconds(200);
  /// How often an undecided server says its vote again.
  Duration repeat_interval = milliseconds(1000);
};

struct Outgoing {
  ServerId to{};
  Notification notification;
};

struct ElectionEffects {
  std::vector<Outgoing> sends;
  /// Who leads: this server, or one to be followed.
  std::optional<ServerId> leader;
};

class Election {
 public:
  /// `round`: of this server's last election; 0 before the first.
  Election(ServerId self, ElectionOptions options, std::int64_t round)
      : self_(self), options_(options), round_(round) {}

  /// Begins a round with this server's own vote. `linked`: the servers that can be told. A server
  /// that is not a voter of `quorums`, or whose history must not count (`may_vote` false), only
  /// asks. `quorums` is copied.
  void start(const Quorums& quorums,
             Vote own,
             bool may_vote,
             const ServerSet& linked,
             MonotonicTime now,
             ElectionEffects& effects);

  void on_link_up(ServerId peer, ElectionEffects& effects);
  void on_link_down(ServerId peer, MonotonicTime now, ElectionEffects& effects);
  void on_notification(ServerId from,
                       const Notification& notification,
                       MonotonicTime now,
                       ElectionEffects& effects);
  void on_time(MonotonicTime now, ElectionEffects& effects);
  /// When on_time() has something to do at the latest.
  [[nodiscard]] MonotonicTime next_time() const;

  [[nodiscard]] std::int64_t round() const { return round_; }
  [[nodiscard]] const Vote& proposal() const { return proposal_; }

  void check_invariants() const;

 private:
  void on_vote(ServerId from,
               const Notification& notification,
               MonotonicTime now,
               ElectionEffects& effects);
  void join_round(std::int64_t round, const Vote& vote);
  [[nodiscard]] Notification own_notification() const;
  void tell_everybody(ElectionEffects& effects);
  void count(MonotonicTime now, ElectionEffects& effects);
  void decide(ServerId leader, ElectionEffects& effects);

  ServerId self_;
  ElectionOptions options_;
  Quorums quorums_;
  Vote own_;
  bool may_vote_ = false;
  std::int64_t round_;
  Vote proposal_;
  bool is_decided_ = false;
  ServerSet linked_;
  /// The latest votes of this round.
  std::map<ServerId, Vote> votes_;
  std::optional<MonotonicTime> finalize_at_;
  MonotonicTime repeat_at_;
};

}  // namespace paddock::election
