// SPDX-License-Identifier: Apache-2.0
//
// Where an observer takes the broadcast from: its leader, or a follower that the leader has named.
// The leader's own word of what is committed tells whether that follower keeps up; if not, or if it
// ends or its link breaks, the observer goes back to the leader. Owned by Learner. Invariant: of
// the servers that send, one at a time is listened to.
#pragma once

#include <cstdint>
#include <optional>

#include "base/ids.h"
#include "base/time.h"
#include "zab/effects.h"
#include "zab/message.h"
#include "zab/state.h"

namespace paddock::zab {

class Source {
 public:
  explicit Source(ServerId leader) : leader_(leader), server_(leader) {}

  /// Whom the broadcast is taken from.
  [[nodiscard]] ServerId server() const { return server_; }
  /// A follower feeds this server.
  [[nodiscard]] bool is_fed() const { return server_ != leader_; }

  /// The leader's word.
  void on(const State& state, const FeedFrom& order, Effects& effects);
  void on(const State& state, ServerId from, const FeedEnd& end, Effects& effects);
  void on_link_down(const State& state, ServerId peer, Effects& effects);
  /// So much is committed, by the leader.
  void expect(const State& state, Zxid committed, MonotonicTime now);
  /// The history has grown.
  void on_appended(const State& state);
  void on_time(const State& state, MonotonicTime now, Effects& effects);
  /// When on_time() has something to do; the end of time if it has not.
  [[nodiscard]] MonotonicTime next_time() const;
  /// The role is over: a follower that feeds this server is told.
  void leave(const State& state, Effects& effects) const;

 private:
  struct Expectation {
    Zxid committed;
    MonotonicTime until;
  };

  void turn_to(const State& state, ServerId server, Effects& effects);

  ServerId leader_;
  ServerId server_;
  std::int64_t epoch_ = 0;  // of the leader's first word
  std::uint64_t turn_ = 0;
  std::optional<Expectation> expected_;
};

}  // namespace paddock::zab
