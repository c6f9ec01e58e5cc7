// SPDX-License-Identifier: Apache-2.0
#include "election/election.h"

#include <algorithm>

#include "base/assert.h"

namespace paddock::election {

void Election::start(const Quorums& quorums,
                     Vote own,
                     bool may_vote,
                     const ServerSet& linked,
                     MonotonicTime now,
                     ElectionEffects& effects) {
  PADDOCK_ASSERT(own.leader == self_);
  quorums_ = quorums;
  may_vote_ = may_vote && quorums_.is_voter(self_);
  own_ = own;
  linked_ = linked;
  is_decided_ = false;
  join_round(round_ + 1, own_);
  repeat_at_ = now + options_.repeat_interval;
  tell_everybody(effects);
  count(now, effects);
}

void Election::join_round(std::int64_t round, const Vote& vote) {
  PADDOCK_ASSERT(round >= round_);
  round_ = round;
  proposal_ = vote;
  votes_.clear();
  finalize_at_.reset();
  if (may_vote_) votes_[self_] = proposal_;
}

void Election::on_link_up(ServerId peer, ElectionEffects& effects) {
  linked_.insert(peer);
  effects.sends.push_back({peer, own_notification()});
}

void Election::on_link_down(ServerId peer, MonotonicTime now, ElectionEffects& effects) {
  linked_.erase(peer);
  if (is_decided_) return;
  votes_.erase(peer);
  if (may_vote_ && proposal_.leader == peer) {
    // Whoever is gone cannot lead.
    join_round(round_ + 1, own_);
    tell_everybody(effects);
  }
  // Perhaps nobody is left who would have to be waited for.
  count(now, effects);
}

void Election::on_notification(ServerId from,
                               const Notification& notification,
                               MonotonicTime now,
                               ElectionEffects& effects) {
  if (is_decided_) return;
  switch (notification.standing) {
    case Standing::Looking:
      return on_vote(from, notification, now, effects);
    case Standing::Leading:
      // Its own word is enough: whether it may lead this server is proven by discovery.
      if (notification.vote.leader == from && quorums_.is_voter(from)) decide(from, effects);
      return;
    case Standing::Following:
      // It will be looking itself as soon as it notices that its leader is gone.
      return;
  }
  PADDOCK_UNREACHABLE();
}

void Election::on_vote(ServerId from,
                       const Notification& notification,
                       MonotonicTime now,
                       ElectionEffects& effects) {
  if (!notification.is_voter || !quorums_.is_voter(from) ||
      !quorums_.is_voter(notification.vote.leader)) {
    return;
  }
  if (notification.round < round_) {
    // It has to come to this round first.
    effects.sends.push_back({from, own_notification()});
    return;
  }
  const bool is_new_round = notification.round > round_;
  const Vote before = proposal_;
  if (is_new_round) join_round(notification.round, std::max(own_, notification.vote));
  if (may_vote_ && notification.vote > proposal_) {
    proposal_ = notification.vote;
    votes_[self_] = proposal_;
    finalize_at_.reset();
  }
  votes_[from] = notification.vote;
  if (is_new_round || proposal_ != before) tell_everybody(effects);
  count(now, effects);
}

Notification Election::own_notification() const {
  return {.standing = Standing::Looking,
          .round = round_,
          .vote = may_vote_ ? proposal_ : own_,
          .is_voter = may_vote_};
}

void Election::tell_everybody(ElectionEffects& effects) {
  linked_.for_each([&](ServerId peer) { effects.sends.push_back({peer, own_notification()}); });
}

void Election::count(MonotonicTime now, ElectionEffects& effects) {
  if (is_decided_ || !may_vote_) return;
  ServerSet agreeing;
  for (const auto& [server, vote] : votes_) {
    if (vote == proposal_) agreeing.insert(server);
  }
  if (!quorums_.has_quorum(agreeing)) {
    finalize_at_.reset();
    return;
  }
  const ServerSet reachable = linked_ & quorums_.voters();
  if (agreeing.includes(reachable)) return decide(proposal_.leader, effects);
  if (!finalize_at_) finalize_at_ = now + options_.finalize_wait;
  if (now >= *finalize_at_) decide(proposal_.leader, effects);
}

void Election::decide(ServerId leader, ElectionEffects& effects) {
  is_decided_ = true;
  effects.leader = leader;
}

void Election::on_time(MonotonicTime now, ElectionEffects& effects) {
  if (is_decided_) return;
  if (now >= repeat_at_) {
    repeat_at_ = now + options_.repeat_interval;
    tell_everybody(effects);
  }
  count(now, effects);
}

MonotonicTime Election::next_time() const {
  return finalize_at_ ? std::min(*finalize_at_, repeat_at_) : repeat_at_;
}

void Election::check_invariants() const {
  if (may_vote_) {
    PADDOCK_ASSERT(quorums_.is_voter(self_));
    PADDOCK_ASSERT(votes_.at(self_) == proposal_);
    PADDOCK_ASSERT(proposal_ >= own_);
  }
}

}  // namespace paddock::election
