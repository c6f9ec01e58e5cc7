// SPDX-License-Identifier: Apache-2.0
#include "runtime/dial_plan.h"

#include <utility>

#include "base/assert.h"

namespace paddock::runtime {

void DialPlan::set_targets(std::vector<config::Endpoint> targets,
                           Duration patience,
                           MonotonicTime now) {
  targets_ = std::move(targets);
  patience_ = patience;
  if (stage_ == Stage::Linked) return;
  pauses_.reset();
  stage_ = targets_.empty() ? Stage::Idle : Stage::Waiting;
  start_at_ = now + patience_;
}

DialPlan::Step DialPlan::on_time(MonotonicTime now) {
  if (stage_ != Stage::Waiting || now < start_at_) return {};
  stage_ = Stage::Resolving;
  target_ = 0;
  return Resolve{targets_.front()};
}

DialPlan::Step DialPlan::on_resolved(std::vector<net::SocketAddress> addresses,
                                     MonotonicTime now,
                                     Prng& prng) {
  PADDOCK_ASSERT(stage_ == Stage::Resolving);
  if (addresses.empty()) return next_target(now, prng);
  stage_ = Stage::Connecting;
  addresses_ = std::move(addresses);
  address_ = 0;
  return Connect{addresses_.front()};
}

DialPlan::Step DialPlan::on_failed(MonotonicTime now, Prng& prng) {
  PADDOCK_ASSERT(is_trying());
  if (stage_ == Stage::Resolving || address_ + 1 == addresses_.size()) {
    return next_target(now, prng);
  }
  return Connect{addresses_[++address_]};
}

DialPlan::Step DialPlan::next_target(MonotonicTime now, Prng& prng) {
  if (target_ + 1 == targets_.size()) {
    pause(now, prng);
    return {};
  }
  stage_ = Stage::Resolving;
  return Resolve{targets_[++target_]};
}

void DialPlan::pause(MonotonicTime now, Prng& prng) {
  stage_ = targets_.empty() ? Stage::Idle : Stage::Waiting;
  start_at_ = now + pauses_.next(prng) + patience_;
}

void DialPlan::on_linked(MonotonicTime now) {
  stage_ = Stage::Linked;
  linked_at_ = now;
}

void DialPlan::on_unlinked(MonotonicTime now, Prng& prng) {
  PADDOCK_ASSERT(stage_ == Stage::Linked);
  if (now - linked_at_ >= options_.good_after) pauses_.reset();
  pause(now, prng);
}

MonotonicTime DialPlan::next_time() const {
  return stage_ == Stage::Waiting ? start_at_ : MonotonicTime{Duration::max()};
}

std::vector<config::Endpoint> dial_targets(const std::vector<config::PeerAddress>& addresses) {
  std::vector<config::Endpoint> targets;
  targets.reserve(addresses.size() * 2);
  for (const config::PeerAddress& address : addresses) {
    targets.push_back({address.host, address.quorum_port});
  }
  for (const config::PeerAddress& address : addresses) {
    targets.push_back({address.host, address.election_port});
  }
  return targets;
}

}  // namespace paddock::runtime
