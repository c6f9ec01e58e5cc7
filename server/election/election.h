// SPDX-License-Identifier: Apache-2.0
//
// Fast leader election as a pure machine, from the moment a server is looking for a leader to the
// moment it has found one. An election is only a proposal: that the leader has everything that was
// committed is proven afterwards, by Zab's discovery, so the election may be quick. It is over at
// once when every voter that can be reached proposes the same; otherwise, with a quorum, after a
// short wait for better votes. Every server votes, whatever its configuration says of it, and each
// counts those that are voters by its own: so a configuration that is not everywhere yet cannot
// keep a leader from being found. Owned by zab::Peer. Source: ZooKeeper FastLeaderElection; Raft
// (Ongaro, dissertation 2014, section 4.2.2).
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

/// What a server may do.
struct Franchise {
  /// Its history and its word count for something.
  bool may_vote = false;
  /// It may lead: it is a voter, or it is one until it is known that the next configuration is in
  /// force.
  bool may_lead = false;
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

  /// Begins a round; `own`: this server's history. `linked`: the servers that can be told.
  /// `quorums` is copied.
  void start(const Quorums& quorums,
             Vote own,
             Franchise franchise,
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

  void check_invariants() const;

 private:
  void on_vote(ServerId from,
               const Notification& notification,
               MonotonicTime now,
               ElectionEffects& effects);
  void join_round(std::int64_t round, std::optional<Vote> vote);
  [[nodiscard]] std::optional<Vote> own_candidature() const;
  [[nodiscard]] bool is_better(const Vote& vote) const;
  [[nodiscard]] Notification own_notification() const;
  void tell_everybody(ElectionEffects& effects);
  void count(MonotonicTime now, ElectionEffects& effects);
  void decide(ServerId leader, ElectionEffects& effects);

  ServerId self_;
  ElectionOptions options_;
  Quorums quorums_;
  Vote own_;
  Franchise franchise_;
  std::int64_t round_;
  /// Whom this server votes for; nobody if it may not, or has heard of nobody yet.
  std::optional<Vote> proposal_;
  bool is_decided_ = false;
  ServerSet linked_;
  /// The latest votes of this round.
  std::map<ServerId, Vote> votes_;
  std::optional<MonotonicTime> finalize_at_;
  MonotonicTime repeat_at_;
};

}  // namespace paddock::election
