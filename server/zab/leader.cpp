// SPDX-License-Identifier: Apache-2.0
#include "zab/leader.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/assert.h"

namespace paddock::zab {

Leader::Leader(const State& state, MonotonicTime now, std::uint64_t first_ticket)
    : initial_last_(state.history.last()),
      first_ticket_(first_ticket),
      next_beat_(now + state.options.heartbeat),
      give_up_at_(now + state.options.discovery_max),
      feeders_(state.options.self, state.options.feed_retry),
      next_review_(now + state.options.heartbeat),
      reviewed_changes_(state.membership.changes()) {}

Leader::Learner* Leader::find(ServerId id, LearnerStage at_least) {
  const auto found = learners_.find(id);
  if (found == learners_.end() || found->second.stage < at_least) return nullptr;
  return &found->second;
}

bool Leader::counts(const State& state, ServerId id, const Learner& learner) {
  return learner.may_vote && state.quorums().is_voter(id);
}

// --- Discovery.

void Leader::begin(State& state, Effects& effects) {
  if (state.options.is_alone) {
    PADDOCK_ASSERT(state.committed == state.history.last());
    stage_ = Stage::Broadcast;
    epoch_ = initial_last_.epoch();
    state.epochs = state.wanted_epochs = {.accepted = epoch_, .current = epoch_};
    return;
  }
  choose_epoch(state, effects);
  on_durable(state, effects);
}

void Leader::on_join(
    State& state, ServerId from, const JoinRequest& join, MonotonicTime now, Effects& effects) {
  if (epoch_ != 0 && join.accepted_epoch > epoch_) {
    // It has promised more than this leader can offer: only a new epoch brings it back.
    if (join.may_vote && state.quorums().is_voter(from)) {
      outcome_ = Outcome::Resigned;
      return;
    }
  }
  learners_.erase(from);
  feeders_.forget(from);
  first_ticket_ += std::uint64_t{1} << 32U;
  Learner& learner =
      learners_.emplace(from, Learner(Feed(from, epoch_, first_ticket_))).first->second;
  learner.attempt = join.attempt;
  learner.may_vote = join.may_vote;
  learner.accepted_epoch = join.accepted_epoch;
  learner.heard = now;
  if (epoch_ == 0) return choose_epoch(state, effects);
  invite(state, from, learner, effects);
}

void Leader::choose_epoch(State& state, Effects& effects) {
  election::ServerSet joined;
  std::int64_t highest = state.wanted_epochs.accepted;
  if (state.is_voter()) joined.insert(state.options.self);
  for (const auto& [id, learner] : learners_) {
    if (!counts(state, id, learner)) continue;
    joined.insert(id);
    highest = std::max(highest, learner.accepted_epoch);
  }
  if (!state.quorums().has_quorum(joined)) return;
  epoch_ = std::max<std::int64_t>(highest, initial_last_.epoch()) + 1;
  state.promise(epoch_, effects);
  for (auto& [id, learner] : learners_) invite(state, id, learner, effects);
}

void Leader::invite(const State& state, ServerId id, Learner& learner, Effects& effects) const {
  learner.stage = LearnerStage::Invited;
  effects.sends.push_back(
      {id,
       NewEpoch{
           .attempt = learner.attempt, .epoch = epoch_, .counts = counts(state, id, learner)}});
}

void Leader::on(
    State& state, ServerId from, const EpochAck& ack, MonotonicTime now, Effects& effects) {
  Learner* const learner = find(from, LearnerStage::Invited);
  if (learner == nullptr || learner->stage != LearnerStage::Invited || ack.epoch != epoch_) return;
  learner->heard = now;
  learner->stage = LearnerStage::Promised;
  learner->ack = ack;
  if (stage_ != Stage::Discovery) return start_sync(state, *learner, effects);
  count_promises(state, effects);
}

/// Source: Zab, phase 1, step l.2: the history that is kept is the newest of a quorum.
void Leader::count_promises(State& state, Effects& effects) {
  if (stage_ != Stage::Discovery || epoch_ == 0) return;
  election::ServerSet promised;
  if (state.is_voter() && state.epochs.accepted >= epoch_) promised.insert(state.options.self);
  for (const auto& [id, learner] : learners_) {
    if (!counts(state, id, learner) || learner.stage < LearnerStage::Promised) continue;
    if (std::pair(learner.ack.current_epoch, learner.ack.last) >
        std::pair(state.epochs.current, initial_last_)) {
      outcome_ = Outcome::Resigned;
      return;
    }
    promised.insert(id);
  }
  if (!state.quorums().has_quorum(promised)) return;
  stage_ = Stage::Synchronization;
  for (auto& [id, learner] : learners_) {
    if (learner.stage == LearnerStage::Promised) start_sync(state, learner, effects);
  }
  enter_own_epoch(state, effects);
}

// --- Synchronization.

void Leader::start_sync(const State& state, Learner& learner, Effects& effects) {
  const auto id = std::ranges::find_if(learners_, [&](const auto& entry) {
                    return &entry.second == &learner;
                  })->first;
  learner.stage = LearnerStage::Syncing;
  first_ticket_ += std::uint64_t{1} << 32U;
  learner.feed = Feed(id, epoch_, first_ticket_);
  learner.feed.begin(state, learner.ack, effects);
  feed(state, id, learner, effects);
}

void Leader::feed(const State& state, ServerId id, Learner& learner, Effects& effects) {
  learner.feed.pump(state, beat_, effects);
  if (learner.stage != LearnerStage::Syncing || !learner.feed.is_at_end(state)) return;
  learner.stage = LearnerStage::Greeted;
  learner.greeted_at = learner.feed.sent();
  effects.sends.push_back({id, NewLeader{.epoch = epoch_, .last = learner.greeted_at}});
}

/// The leader acknowledges itself as a learner does: data, then epoch.
void Leader::enter_own_epoch(State& state, Effects& effects) {
  if (stage_ == Stage::Discovery || !state.is_durable(initial_last_)) return;
  if (state.epochs.accepted >= epoch_) state.enter(epoch_, effects);
}

void Leader::on(
    State& state, ServerId from, const NewLeaderAck& ack, MonotonicTime now, Effects& effects) {
  Learner* const learner = find(from, LearnerStage::Greeted);
  if (learner == nullptr || learner->stage != LearnerStage::Greeted || ack.epoch != epoch_) return;
  learner->heard = now;
  note_progress(state, now);
  learner->stage = LearnerStage::InStep;
  learner->feed.on_ack(learner->greeted_at);
  if (!learner->may_vote) learner->franchise_at = beat_ + 1;
  if (is_established()) tell_up_to_date(state, from, effects);
  advance(state, effects);
}

/// A deposed leader must not make a voter of someone who has forgotten whom it had promised what:
/// only an answer of a quorum without that server shows that nobody else leads.
void Leader::offer_franchise(const State& state, Effects& effects) {
  if (!is_established()) return;
  for (auto& [id, learner] : learners_) {
    if (learner.franchise_at == 0 || confirmed_beat(state) < learner.franchise_at) continue;
    learner.franchise_at = 0;
    effects.sends.push_back({id, Franchise{epoch_}});
  }
}

void Leader::on(
    State& state, ServerId from, const FranchiseAck& ack, MonotonicTime now, Effects& effects) {
  Learner* const learner = find(from, LearnerStage::InStep);
  if (learner == nullptr || ack.epoch != epoch_) return;
  learner->heard = now;
  learner->may_vote = true;
  advance(state, effects);
}

void Leader::distrust(ServerId id) {
  const auto found = learners_.find(id);
  if (found != learners_.end()) found->second.may_vote = false;
}

void Leader::tell_up_to_date(const State& state, ServerId id, Effects& effects) const {
  effects.sends.push_back({id, UpToDate{.epoch = epoch_, .committed = state.committed}});
}

void Leader::on(
    State& state, ServerId from, const SnapshotAck& ack, MonotonicTime now, Effects& effects) {
  Learner* const learner = find(from, LearnerStage::Syncing);
  if (learner == nullptr || ack.epoch != epoch_) return;
  learner->heard = now;
  note_progress(state, now);
  learner->feed.on_snapshot_ack(ack, effects);
  feed(state, from, *learner, effects);
}

void Leader::on_log_read(const State& state, LogReadResult result, Effects& effects) {
  const ServerId id = result.learner;
  Learner* const learner = find(id, LearnerStage::Syncing);
  if (learner == nullptr) return;
  learner->feed.on_log_read(state, std::move(result), beat_, effects);
  feed(state, id, *learner, effects);
}

void Leader::on_snapshot_read(const State& state, SnapshotReadResult result, Effects& effects) {
  Learner* const learner = find(result.learner, LearnerStage::Syncing);
  if (learner == nullptr) return;
  learner->feed.on_snapshot_read(state, std::move(result), effects);
}

// --- Broadcast.

void Leader::propose(State& state, const SharedBatch& batch, Effects& effects) {
  PADDOCK_ASSERT(is_open());
  PADDOCK_ASSERT(batch->first() > state.history.last());
  PADDOCK_ASSERT(batch->first().epoch() == epoch_ || state.options.is_alone);
  effects.disk.emplace_back(LogAppend{batch, state.history.last()});
  state.append(batch);
  for (auto& [id, learner] : learners_) {
    if (learner.stage >= LearnerStage::Syncing) feed(state, id, learner, effects);
  }
  // An observer that gets a vote is fed from here.
  if (state.membership.changes() != reviewed_changes_) next_review_ = {};
}

void Leader::on(State& state, ServerId from, const Ack& ack, MonotonicTime now, Effects& effects) {
  Learner* const learner = find(from, LearnerStage::Syncing);
  if (learner == nullptr || ack.epoch != epoch_) return;
  learner->heard = now;
  learner->beat = std::max(learner->beat, std::min(ack.beat, beat_));
  if (ack.last > learner->feed.acked()) note_progress(state, now);
  learner->feed.on_ack(ack.last);
  feed(state, from, *learner, effects);
  if (learner->stage != LearnerStage::InStep) return;
  advance(state, effects);
  offer_franchise(state, effects);
}

void Leader::on_durable(State& state, Effects& effects) {
  count_promises(state, effects);
  enter_own_epoch(state, effects);
  advance(state, effects);
}

/// Whether a quorum of those that are in the epoch has everything up to `zxid` durably.
bool Leader::holds(const State& state, Zxid zxid) const {
  election::ServerSet holders;
  if (state.is_voter() && state.epochs.current == epoch_ && state.is_durable(zxid)) {
    holders.insert(state.options.self);
  }
  for (const auto& [id, learner] : learners_) {
    if (learner.may_vote && learner.stage == LearnerStage::InStep && learner.feed.acked() >= zxid) {
      holders.insert(id);
    }
  }
  return state.quorums().has_quorum(holders);
}

Zxid Leader::committable(const State& state) const {
  if (state.options.is_alone) return state.durable;
  std::vector<Zxid> reached{state.durable};
  for (const auto& [id, learner] : learners_) {
    if (learner.stage == LearnerStage::InStep) reached.push_back(learner.feed.acked());
  }
  std::ranges::sort(reached, std::greater<>{});
  for (const Zxid zxid : reached) {
    if (zxid <= state.committed) break;
    if (holds(state, zxid)) return zxid;
  }
  return state.committed;
}

void Leader::advance(State& state, Effects& effects) {
  if (stage_ == Stage::Discovery || outcome_ != Outcome::Leading) return;
  if (stage_ == Stage::Synchronization) {
    if (!holds(state, initial_last_)) return;
    stage_ = Stage::Broadcast;
    state.commit(initial_last_);
    for (const auto& [id, learner] : learners_) {
      if (learner.stage == LearnerStage::InStep) tell_up_to_date(state, id, effects);
    }
  }
  const Zxid before = state.committed;
  state.commit(committable(state));
  if (state.committed > before) tell_committed(state, effects);
  if (successor_) try_hand_over(state, effects);
}

void Leader::tell_committed(const State& state, Effects& effects) const {
  for (const auto& [id, learner] : learners_) {
    if (learner.stage < LearnerStage::Syncing || feeders_.is_fed(id)) continue;
    effects.sends.push_back(
        {id, Commit{.epoch = epoch_, .committed = state.committed, .beat = beat_}});
  }
}

std::uint64_t Leader::ask_quorum(const State& state, MonotonicTime now, Effects& effects) {
  ++beat_;
  next_beat_ = now + state.options.heartbeat;
  tell_committed(state, effects);
  return beat_;
}

std::uint64_t Leader::confirmed_beat(const State& state) const {
  if (state.options.is_alone) return beat_;
  std::vector<std::uint64_t> beats{beat_};
  for (const auto& [id, learner] : learners_) beats.push_back(learner.beat);
  std::ranges::sort(beats, std::greater<>{});
  for (const std::uint64_t beat : beats) {
    election::ServerSet answered;
    if (state.is_voter()) answered.insert(state.options.self);
    for (const auto& [id, learner] : learners_) {
      if (learner.may_vote && learner.stage == LearnerStage::InStep && learner.beat >= beat) {
        answered.insert(id);
      }
    }
    if (state.quorums().has_quorum(answered)) return beat;
  }
  return 0;
}

// --- Time and the end of the role.

void Leader::on_time(State& state, MonotonicTime now, Effects& effects) {
  if (outcome_ != Outcome::Leading || state.options.is_alone) return;
  const bool goes_on = is_established() ? is_heard_by_quorum(state, now) : now < give_up_at_;
  if (!goes_on) {
    outcome_ = Outcome::Resigned;
    return;
  }
  if (successor_ && now >= handover_ends_) successor_.reset();
  if (state.history.last().epoch() == epoch_ &&
      state.history.last().counter() >= state.options.counter_max) {
    // The next epoch begins at 0 again.
    outcome_ = Outcome::Resigned;
    return;
  }
  if (is_open() && !state.is_voter()) {
    // The ensemble goes on without this server; whoever leads next has all of that.
    if (const auto next = best_successor(state)) {
      static_cast<void>(begin_handover(state, *next, now, effects));
    }
  }
  if (now >= next_beat_) {
    for (auto& [id, learner] : learners_) learner.feed.retry(effects);
    static_cast<void>(ask_quorum(state, now, effects));
  }
  if (is_established() && now >= next_review_) tend_fed(state, now, effects);
}

/// As long as learners make progress, a long synchronization is not given up.
void Leader::note_progress(const State& state, MonotonicTime now) {
  if (stage_ == Stage::Synchronization) give_up_at_ = now + state.options.discovery_max;
}

MonotonicTime Leader::next_time(const State& state) const {
  if (state.options.is_alone) return {Duration::max()};
  return std::min(next_beat_, is_established() ? next_review_ : give_up_at_);
}

bool Leader::is_heard_by_quorum(const State& state, MonotonicTime now) const {
  election::ServerSet heard;
  if (state.is_voter()) heard.insert(state.options.self);
  for (const auto& [id, learner] : learners_) {
    if (learner.may_vote && now - learner.heard <= state.options.silence_max) heard.insert(id);
  }
  return state.quorums().has_quorum(heard);
}

void Leader::on_link_down(ServerId peer) {
  learners_.erase(peer);
  feeders_.forget(peer);
  next_review_ = {};
  if (successor_ == peer) successor_.reset();
}

// --- Observers that followers feed.

/// Of what is committed they hear by the follower, and now and then from here: so they know that
/// the leader is there, and whether the follower keeps up.
void Leader::tend_fed(const State& state, MonotonicTime now, Effects& effects) {
  next_review_ = now + state.options.heartbeat;
  reviewed_changes_ = state.membership.changes();
  for (const auto& [id, learner] : learners_) {
    if (!feeders_.is_fed(id)) continue;
    effects.sends.push_back(
        {id, Commit{.epoch = epoch_, .committed = state.committed, .beat = beat_}});
  }
  if (state.options.feed_by_followers) review_feeders(state, now, effects);
}

void Leader::review_feeders(const State& state, MonotonicTime now, Effects& effects) {
  election::ServerSet observers;
  election::ServerSet followers;
  for (const auto& [id, learner] : learners_) {
    if (may_be_fed(state, id, learner)) observers.insert(id);
    const bool is_follower = counts(state, id, learner) && learner.stage == LearnerStage::InStep;
    if (is_follower && !feeders_.is_fed(id)) followers.insert(id);
  }
  for (const Feeders::Order& order : feeders_.review(observers, followers, now)) {
    Feed& feed = learners_.find(order.observer)->second.feed;
    if (!feed.is_idle()) feed.pause();
    effects.sends.push_back(
        {order.observer, FeedFrom{.epoch = epoch_, .server = order.feeder, .turn = order.turn}});
  }
}

/// An observer by every configuration that counts, which has been sent all that there is. Others
/// are about to vote, or to leave.
bool Leader::may_be_fed(const State& state, ServerId id, const Learner& learner) const {
  const election::Quorums& quorums = state.quorums();
  return learner.stage == LearnerStage::InStep && quorums.committed.observers.contains(id) &&
         (!quorums.pending || quorums.pending->observers.contains(id)) &&
         (feeders_.is_fed(id) || learner.feed.is_at_end(state));
}

void Leader::on(
    State& state, ServerId from, const FeedRequest& request, MonotonicTime now, Effects& effects) {
  Learner* const learner = find(from, LearnerStage::InStep);
  if (learner == nullptr || request.epoch != epoch_) return;
  learner->heard = now;
  if (!feeders_.on_request(from, request.turn, now)) return;
  learner->feed.resume(state, request.last, request.durable);
  feed(state, from, *learner, effects);
  advance(state, effects);
}

// --- Handing over.

bool Leader::may_succeed(const State& state, ServerId id, const Learner& learner) {
  return learner.may_vote && learner.stage == LearnerStage::InStep &&
         state.quorums().latest().voters.contains(id);
}

std::optional<ServerId> Leader::best_successor(const State& state) const {
  std::optional<ServerId> best;
  Zxid furthest;
  for (const auto& [id, learner] : learners_) {
    if (!may_succeed(state, id, learner)) continue;
    if (best && learner.feed.acked() <= furthest) continue;
    best = id;
    furthest = learner.feed.acked();
  }
  return best;
}

bool Leader::begin_handover(State& state, ServerId successor, MonotonicTime now, Effects& effects) {
  if (!is_open()) return false;
  const Learner* const learner = find(successor, LearnerStage::InStep);
  if (learner == nullptr || !may_succeed(state, successor, *learner)) return false;
  successor_ = successor;
  handover_ends_ = now + state.options.handover_max;
  try_hand_over(state, effects);
  return true;
}

void Leader::try_hand_over(State& state, Effects& effects) {
  const Learner* const learner = find(*successor_, LearnerStage::InStep);
  if (learner == nullptr || learner->feed.acked() < state.history.last()) return;
  if (state.committed < state.history.last()) return;
  for (const auto& [id, follower] : learners_) {
    if (follower.stage < LearnerStage::Syncing) continue;
    effects.sends.push_back({id, Handover{.epoch = epoch_, .to = *successor_}});
  }
  outcome_ = Outcome::HandedOver;
}

std::vector<Leader::Follower> Leader::followers(const State& state) const {
  std::vector<Follower> all;
  for (const auto& [id, learner] : learners_) {
    all.push_back({.id = id,
                   .is_voter = counts(state, id, learner),
                   .is_in_step = learner.stage == LearnerStage::InStep,
                   .acked = learner.feed.acked(),
                   .feeder = feeders_.feeder_of(id)});
  }
  return all;
}

election::ServerSet Leader::in_step(const State& state) const {
  election::ServerSet servers{state.options.self};
  for (const auto& [id, learner] : learners_) {
    if (learner.may_vote && learner.stage == LearnerStage::InStep) servers.insert(id);
  }
  return servers;
}

void Leader::check_invariants(const State& state) const {
  if (epoch_ != 0) PADDOCK_ASSERT(state.wanted_epochs.accepted >= epoch_);
  if (is_established()) {
    PADDOCK_ASSERT(state.committed >= initial_last_);
    if (state.history.last() > initial_last_ && !state.options.is_alone) {
      PADDOCK_ASSERT(state.history.last().epoch() == epoch_);
    }
  }
  for (const auto& [id, learner] : learners_) {
    PADDOCK_ASSERT(id != state.options.self);
    if (learner.stage >= LearnerStage::Syncing) learner.feed.check_invariants(state);
    if (learner.stage == LearnerStage::InStep) {
      PADDOCK_ASSERT(learner.feed.is_idle() == feeders_.is_fed(id));
    }
  }
  feeders_.check_invariants();
}

}  // namespace paddock::zab
