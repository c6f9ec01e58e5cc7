// SPDX-License-Identifier: Apache-2.0
#include "election/election.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace paddock::election {

void Election::start(const Quorums& quorums,
                     Vote own,
                     Franchise franchise,
                     const ServerSet& linked,
                     MonotonicTime now,
                     ElectionEffects& effects) {
  PADDOCK_ASSERT(own.leader == self_);
  quorums_ = quorums;
  franchise_ = franchise;
  own_ = own;
  linked_ = linked;
  is_decided_ = false;
  join_round(round_ + 1, own_candidature());
  repeat_at_ = now + options_.repeat_interval;
  tell_everybody(effects);
  count(now, effects);
}

std::optional<Vote> Election::own_candidature() const {
  return franchise_.may_vote && franchise_.may_lead ? std::optional(own_) : std::nullopt;
}

/// Better than this server's vote, and with all that this server has.
bool Election::is_better(const Vote& vote) const {
  if (!franchise_.may_vote) return false;
  if (proposal_) return vote > *proposal_;
  return std::pair(vote.epoch, vote.zxid) >= std::pair(own_.epoch, own_.zxid);
}

void Election::join_round(std::int64_t round, std::optional<Vote> vote) {
  PADDOCK_ASSERT(round >= round_ || !proposal_);
  round_ = round;
  proposal_ = vote;
  votes_.clear();
  finalize_at_.reset();
  if (proposal_) votes_[self_] = *proposal_;
}

void Election::on_link_up(ServerId peer, ElectionEffects& effects) {
  linked_.insert(peer);
  effects.sends.push_back({peer, own_notification()});
}

void Election::on_link_down(ServerId peer, MonotonicTime now, ElectionEffects& effects) {
  linked_.erase(peer);
  if (is_decided_) return;
  votes_.erase(peer);
  if (proposal_ && proposal_->leader == peer) {
    // Whoever is gone cannot lead.
    join_round(round_ + 1, own_candidature());
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
      // Its own word is enough, also if it has become a voter since this server's configuration:
      // whether it may lead this server is proven by discovery.
      if (notification.vote.leader == from) decide(from, effects);
      return;
    case Standing::Elected:
      if (proposal_ && proposal_->leader == from) decide(from, effects);
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
  if (!notification.is_voter) return;
  if (notification.round < round_ && proposal_) {
    // It has to come to this round first.
    effects.sends.push_back({from, own_notification()});
    return;
  }
  // Who votes for nobody goes where there is somebody.
  const bool is_new_round = notification.round != round_;
  const std::optional<Vote> before = proposal_;
  if (is_new_round) join_round(notification.round, own_candidature());
  if (is_better(notification.vote)) {
    proposal_ = notification.vote;
    votes_[self_] = *proposal_;
    finalize_at_.reset();
  }
  votes_[from] = notification.vote;
  if (is_new_round || proposal_ != before) {
    tell_everybody(effects);
  } else if (proposal_ && notification.vote < *proposal_) {
    // When it was told of the better vote, it did not look for a leader yet.
    effects.sends.push_back({from, own_notification()});
  }
  count(now, effects);
}

Notification Election::own_notification() const {
  return {.standing = Standing::Looking,
          .round = round_,
          .vote = proposal_.value_or(own_),
          .is_voter = proposal_.has_value()};
}

void Election::tell_everybody(ElectionEffects& effects) {
  linked_.for_each([&](ServerId peer) { effects.sends.push_back({peer, own_notification()}); });
}

void Election::count(MonotonicTime now, ElectionEffects& effects) {
  if (is_decided_ || !proposal_) return;
  ServerSet agreeing;
  for (const auto& [server, vote] : votes_) {
    if (vote == *proposal_) agreeing.insert(server);
  }
  if (!quorums_.has_quorum(agreeing)) {
    finalize_at_.reset();
    return;
  }
  const ServerSet reachable = linked_ & quorums_.voters();
  if (agreeing.includes(reachable)) return decide(proposal_->leader, effects);
  if (!finalize_at_) finalize_at_ = now + options_.finalize_wait;
  if (now >= *finalize_at_) decide(proposal_->leader, effects);
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
  if (!proposal_) return;
  PADDOCK_ASSERT(franchise_.may_vote);
  PADDOCK_ASSERT(votes_.at(self_) == *proposal_);
  PADDOCK_ASSERT(std::pair(proposal_->epoch, proposal_->zxid) >= std::pair(own_.epoch, own_.zxid));
}

}  // namespace paddock::election
