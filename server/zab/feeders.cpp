// SPDX-License-Identifier: Apache-2.0
#include "zab/feeders.h"

#include <algorithm>

#include "base/assert.h"

namespace paddock::zab {

std::vector<Feeders::Order> Feeders::review(const election::ServerSet& observers,
                                            const election::ServerSet& followers,
                                            MonotonicTime now) {
  PADDOCK_ASSERT((observers & followers).empty());
  std::vector<Order> orders;
  for (auto& [observer, fed] : fed_) {
    if (fed.feeder == leader_) continue;
    if (!observers.contains(observer)) {
      fed = {leader_, ++turn_};
      orders.push_back({observer, fed.feeder, fed.turn});
    } else if (!followers.contains(fed.feeder)) {
      assign(observer, followers, orders);
    }
  }
  observers.for_each([&](ServerId observer) {
    if (fed_.contains(observer) || followers.empty()) return;
    const auto failure = failures_.find(observer);
    if (failure == failures_.end() || now >= failure->second.retry_at) {
      assign(observer, followers, orders);
    }
  });
  return orders;
}

void Feeders::assign(ServerId observer,
                     const election::ServerSet& followers,
                     std::vector<Order>& orders) {
  const ServerId feeder = least_busy(observer, followers).value_or(leader_);
  fed_[observer] = {feeder, ++turn_};
  orders.push_back({observer, feeder, turn_});
}

/// Not the one that failed last, if there is another.
std::optional<ServerId> Feeders::least_busy(ServerId observer,
                                            const election::ServerSet& followers) const {
  election::ServerSet candidates = followers;
  const auto failure = failures_.find(observer);
  if (failure != failures_.end()) candidates.erase(failure->second.feeder);
  if (candidates.empty()) candidates = followers;
  std::optional<ServerId> best;
  candidates.for_each([&](ServerId one) {
    if (!best || load_of(one) < load_of(*best)) best = one;
  });
  return best;
}

std::size_t Feeders::load_of(ServerId follower) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      fed_, [follower](const auto& one) { return one.second.feeder == follower; }));
}

bool Feeders::on_request(ServerId observer, std::uint64_t turn, MonotonicTime now) {
  const auto found = fed_.find(observer);
  if (found == fed_.end() || found->second.turn != turn) return false;
  if (found->second.feeder != leader_) {
    failures_[observer] = {found->second.feeder, now + retry_};
  }
  fed_.erase(found);
  return true;
}

void Feeders::forget(ServerId observer) {
  fed_.erase(observer);
  failures_.erase(observer);
}

std::optional<ServerId> Feeders::feeder_of(ServerId observer) const {
  const auto found = fed_.find(observer);
  if (found == fed_.end() || found->second.feeder == leader_) return std::nullopt;
  return found->second.feeder;
}

void Feeders::check_invariants() const {
  for (const auto& [observer, fed] : fed_) {
    PADDOCK_ASSERT(observer != leader_ && observer != fed.feeder);
    PADDOCK_ASSERT(fed.turn > 0 && fed.turn <= turn_);
  }
}

}  // namespace paddock::zab
