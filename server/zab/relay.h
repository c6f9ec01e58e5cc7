// SPDX-License-Identifier: Apache-2.0
//
// The observers that a follower feeds: what its own history has in its leader's epoch, committed or
// not, and how far that is committed. An observer that the log does not reach back to is left to
// the leader. Owned by Peer, for one role at a time. Invariant: only what belongs to the epoch is
// sent, so that what an observer has is a prefix of the leader's history. Source: ZooKeeper
// ObserverMaster.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "base/ids.h"
#include "zab/effects.h"
#include "zab/feed.h"
#include "zab/message.h"
#include "zab/state.h"

namespace paddock::zab {

class Relay {
 public:
  /// `first_ticket`: above all tickets of earlier roles.
  explicit Relay(std::uint64_t first_ticket) : next_ticket_(first_ticket) {}

  /// An observer asks, in the epoch of this server's leader.
  void on(ServerId from, const FeedRequest& request);
  void on(ServerId from, const Ack& ack);
  void on(ServerId from, const FeedEnd& end);
  void on_log_read(const State& state, LogReadResult result, Effects& effects);
  void on_link_down(ServerId peer) { observers_.erase(peer); }
  /// Sends on what is new. Call it after every step, but only while the epoch stands.
  void pump(const State& state, Effects& effects);
  /// The role is over.
  void end(Effects& effects);

  [[nodiscard]] std::vector<ServerId> observers() const;

  void check_invariants(const State& state, std::int64_t epoch) const;

 private:
  struct Observer {
    FeedRequest request;
    Feed feed;
    /// How far it has been told.
    Zxid committed;
  };
  using Observers = std::map<ServerId, Observer>;

  [[nodiscard]] static bool begin(const State& state, Observer& observer);
  static void pump(const State& state, ServerId id, Observer& observer, Effects& effects);
  Observers::iterator decline(Observers::iterator observer, Effects& effects);

  std::uint64_t next_ticket_;
  Observers observers_;
};

}  // namespace paddock::zab
