// SPDX-License-Identifier: Apache-2.0
//
// Whether an ensemble may begin: an empty disk does not vote, since it may have held what was
// promised and is lost, unless all voters that are configured have been seen and all are empty.
// Pure; used on the core's thread.
#pragma once

#include "base/ids.h"
#include "election/configuration.h"
#include "election/server_set.h"
#include "zab/state.h"

namespace paddock::runtime {

/// This server's disk is new: it never held or promised anything, nor was given the right to vote.
[[nodiscard]] inline bool holds_nothing(const zab::State& state) {
  return state.wanted_epochs.accepted == 0 && !state.wanted_epochs.may_vote &&
         state.history.last() == Zxid{};
}

class FirstStart {
 public:
  /// `is_empty`: this server's disk is, and was never given the right to vote.
  FirstStart(const election::Configuration& configuration, ServerId self, bool is_empty)
      : voters_(configuration.voters), is_waiting_(is_empty && voters_.contains(self)) {
    if (is_waiting_) empty_.insert(self);
  }

  /// A link to `peer` stands. True: this server, and each other, may vote; said once.
  [[nodiscard]] bool on_up(ServerId peer, bool is_empty) {
    if (!is_waiting_) return false;
    if (is_empty) {
      empty_.insert(peer);
    } else {
      // Somebody has data: it is for the others to take this server in.
      empty_.erase(peer);
    }
    return decide();
  }
  void on_down(ServerId peer) { empty_.erase(peer); }
  /// For a voter that is the only one.
  [[nodiscard]] bool decide() {
    if (!is_waiting_ || !empty_.includes(voters_)) return false;
    is_waiting_ = false;
    return true;
  }
  [[nodiscard]] bool is_waiting() const { return is_waiting_; }

 private:
  election::ServerSet voters_;
  bool is_waiting_;
  election::ServerSet empty_;  // linked, or this server
};

}  // namespace paddock::runtime
