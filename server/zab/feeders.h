// SPDX-License-Identifier: Apache-2.0
//
// Which follower feeds which observer, as the leader decides: spread evenly, and changed only where
// it has to be. Knows nothing of histories; the leader says who may feed and who may be fed, and
// carries out what comes of it. Owned by Leader. Invariants: nobody who is fed feeds; a turn is
// given once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "election/server_set.h"

namespace paddock::zab {

class Feeders {
 public:
  /// `retry`: how long an observer that came back is left with the leader.
  Feeders(ServerId leader, Duration retry) : leader_(leader), retry_(retry) {}

  /// What an observer is to be told: see FeedFrom.
  struct Order {
    ServerId observer{};
    ServerId feeder{};
    std::uint64_t turn = 0;
  };
  /// Whose feeder changes; all of `observers` may be fed by any of `followers`, and nobody else is.
  [[nodiscard]] std::vector<Order> review(const election::ServerSet& observers,
                                          const election::ServerSet& followers,
                                          MonotonicTime now);
  /// The observer asks the leader, in answer to `turn` or because of it. True: that is the turn
  /// that counts, and the leader feeds it from now on.
  [[nodiscard]] bool on_request(ServerId observer, std::uint64_t turn, MonotonicTime now);
  /// The observer follows no more, or anew.
  void forget(ServerId observer);

  /// The leader does not feed it: a follower does, or it has been told to come back.
  [[nodiscard]] bool is_fed(ServerId observer) const { return fed_.contains(observer); }
  /// The follower that feeds it.
  [[nodiscard]] std::optional<ServerId> feeder_of(ServerId observer) const;

  void check_invariants() const;

 private:
  struct Fed {
    ServerId feeder{};  // the leader: it is to come back
    std::uint64_t turn = 0;
  };
  struct Failure {
    ServerId feeder{};
    MonotonicTime retry_at;
  };

  void assign(ServerId observer, const election::ServerSet& followers, std::vector<Order>& orders);
  [[nodiscard]] std::optional<ServerId> least_busy(ServerId observer,
                                                   const election::ServerSet& followers) const;
  [[nodiscard]] std::size_t load_of(ServerId follower) const;

  ServerId leader_;
  Duration retry_;
  std::uint64_t turn_ = 0;
  std::map<ServerId, Fed> fed_;
  std::map<ServerId, Failure> failures_;  // of observers that came back by themselves
};

}  // namespace paddock::zab
