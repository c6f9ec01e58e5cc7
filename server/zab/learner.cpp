// SPDX-License-Identifier: Apache-2.0
#include "zab/learner.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace paddock::zab {

Learner::Learner(
    const State& state, ServerId leader, std::uint64_t attempt, MonotonicTime now, Effects& effects)
    : leader_(leader),
      attempt_(attempt),
      give_up_at_(now + state.options.discovery_max),
      source_(leader) {
  PADDOCK_ASSERT(leader != state.options.self);
  if (state.linked.contains(leader)) ask(state, now, effects);
}

void Learner::ask(const State& state, MonotonicTime now, Effects& effects) {
  give_up_at_ = now + state.options.discovery_max;
  effects.sends.push_back({leader_,
                           JoinRequest{.attempt = attempt_,
                                       .accepted_epoch = state.wanted_epochs.accepted,
                                       .may_vote = state.epochs.may_vote}});
}

void Learner::on_link_up(const State& state, ServerId peer, MonotonicTime now, Effects& effects) {
  if (peer == leader_ && stage_ == Stage::Connecting) ask(state, now, effects);
}

void Learner::on_link_down(const State& state, ServerId peer, Effects& effects) {
  if (peer == leader_) outcome_ = Outcome::Lost;
  if (outcome_ == Outcome::Following) source_.on_link_down(state, peer, effects);
}

void Learner::on_not_leading() {
  if (stage_ == Stage::Connecting) outcome_ = Outcome::Lost;
}

/// Whether a message of the leader counts.
bool Learner::accepts(std::int64_t epoch, MonotonicTime now, const State& state) {
  if (outcome_ != Outcome::Following || stage_ < Stage::Promised || epoch != epoch_) return false;
  give_up_at_ = now + state.options.silence_max;
  return true;
}

// --- Discovery.

/// Source: Zab, phase 1, step f.2.
void Learner::on(State& state, const NewEpoch& message, MonotonicTime now, Effects& effects) {
  if (outcome_ != Outcome::Following || stage_ != Stage::Connecting) return;
  if (message.attempt != attempt_) return;
  counts_ = message.counts;
  if (message.epoch < state.epoch_min(counts_)) {
    outcome_ = Outcome::Lost;
    return;
  }
  epoch_ = message.epoch;
  stage_ = Stage::Promising;
  give_up_at_ = now + state.options.discovery_max;
  if (counts_) state.promise(epoch_, effects);
  on_durable(state, effects);
}

// --- Synchronization.

void Learner::on(State& state, const SyncFrom& message, MonotonicTime now, Effects& effects) {
  if (!accepts(message.epoch, now, state) || stage_ != Stage::Promised) return;
  if (message.zxid < state.committed) {
    outcome_ = Outcome::Diverged;
    return;
  }
  if (message.zxid > state.history.last()) {
    outcome_ = Outcome::Lost;
    return;
  }
  stage_ = Stage::Syncing;
  if (message.zxid == state.history.last()) return;
  state.truncate(message.zxid);
  PADDOCK_ASSERT(state.history.last() == message.zxid);
  ++state.rewrites;
  effects.disk.emplace_back(LogTruncate{message.zxid});
}

void Learner::on(State& state, const SnapshotPiece& message, MonotonicTime now, Effects& effects) {
  if (!accepts(message.epoch, now, state)) return;
  if (stage_ > Stage::Promised) {
    // It fell so far behind that the leader's log has gone on without it: begin again.
    outcome_ = Outcome::Lost;
    return;
  }
  if (message.zxid < state.committed && !state.must_rebuild) {
    outcome_ = Outcome::Diverged;
    return;
  }
  if (message.offset + message.bytes.size() >= message.size) {
    ++state.rewrites;
    state.is_installing = true;
    state.installing = {leader_, message.zxid};
  }
  ++state.pieces_queued;
  effects.disk.emplace_back(message);
}

void Learner::on_snapshot_written(const SnapshotProgress& progress, Effects& effects) {
  if (outcome_ != Outcome::Following || stage_ != Stage::Promised || progress.epoch != epoch_)
    return;
  effects.sends.push_back({leader_,
                           SnapshotAck{.epoch = epoch_,
                                       .zxid = progress.zxid,
                                       .offset = progress.offset,
                                       .is_installed = false}});
}

void Learner::on_snapshot_installed(Zxid zxid, Effects& effects) {
  if (outcome_ != Outcome::Following || stage_ != Stage::Promised) return;
  stage_ = Stage::Syncing;
  effects.sends.push_back(
      {leader_, SnapshotAck{.epoch = epoch_, .zxid = zxid, .offset = 0, .is_installed = true}});
}

void Learner::on(State& state, const NewLeader& message, MonotonicTime now, Effects& effects) {
  if (!accepts(message.epoch, now, state) || stage_ != Stage::Syncing) return;
  if (message.last != state.history.last()) {
    outcome_ = Outcome::Lost;
    return;
  }
  stage_ = Stage::Greeted;
  greeted_at_ = message.last;
  on_durable(state, effects);
}

void Learner::on_durable(State& state, Effects& effects) {
  if (outcome_ != Outcome::Following) return;
  // What was received on an earlier link is acknowledged with this, and not again.
  if (stage_ == Stage::Promising && (!counts_ || state.epochs.accepted >= epoch_) &&
      state.pieces_queued == 0) {
    stage_ = Stage::Promised;
    EpochAck ack{.epoch = epoch_,
                 .current_epoch = state.epochs.current,
                 .last = state.history.last(),
                 .wants_snapshot = state.must_rebuild};
    // An epoch has one leader, and each leader its own snapshots.
    if (state.received.epoch == epoch_) {
      ack.snapshot_zxid = state.received.zxid;
      ack.snapshot_offset = state.received.offset;
    }
    const auto refused = state.refused.find(leader_);
    if (refused != state.refused.end()) ack.refused_snapshot = refused->second;
    effects.sends.push_back({leader_, ack});
  }
  if (stage_ == Stage::Greeted && state.is_durable(greeted_at_)) {
    // Data, then epoch, then acknowledgement: ZOOKEEPER-4643, ZOOKEEPER-4646.
    stage_ = Stage::Entering;
    state.enter(epoch_, effects);
  }
  if (stage_ == Stage::Entering && state.epochs.current >= epoch_) {
    stage_ = Stage::InStep;
    effects.sends.push_back({leader_, NewLeaderAck{epoch_}});
  }
  if (is_franchised_ && state.epochs.may_vote) {
    is_franchised_ = false;
    effects.sends.push_back({leader_, FranchiseAck{epoch_}});
  }
  acknowledge(state, effects);
}

void Learner::on(State& state, const UpToDate& message, MonotonicTime now, Effects& effects) {
  static_cast<void>(effects);
  if (!accepts(message.epoch, now, state) || stage_ != Stage::InStep) return;
  stage_ = Stage::UpToDate;
  state.commit(message.committed);
}

void Learner::on(State& state, const Franchise& message, MonotonicTime now, Effects& effects) {
  if (!accepts(message.epoch, now, state) || stage_ != Stage::UpToDate) return;
  is_franchised_ = true;
  state.take_franchise(epoch_, effects);
  on_durable(state, effects);
}

// --- Broadcast.

void Learner::on(State& state, const Append& message, MonotonicTime now, Effects& effects) {
  if (!accepts(message.epoch, now, state) || stage_ < Stage::Syncing) return;
  if (message.previous != state.history.last() || message.batch->last() <= message.previous) {
    // A hole would be a lost transaction: begin again. ZOOKEEPER-4925.
    outcome_ = Outcome::Lost;
    return;
  }
  effects.disk.emplace_back(LogAppend{message.batch, message.previous});
  state.append(message.batch);
  state.commit(message.committed);
  beat_ = std::max(beat_, message.beat);
}

void Learner::on(State& state, const Commit& message, MonotonicTime now, Effects& effects) {
  if (!accepts(message.epoch, now, state)) return;
  if (stage_ >= Stage::Syncing) state.commit(message.committed);
  source_.expect(state, message.committed, now);
  beat_ = std::max(beat_, message.beat);
  if (beat_ > acked_beat_) acknowledge(state, effects);
}

/// Says what is durable, if that or the leader's beat is news. Cumulative: one for each sync.
void Learner::acknowledge(const State& state, Effects& effects) {
  if (stage_ < Stage::Syncing || state.rewrites > 0) return;
  const Zxid durable = std::min(state.durable, state.history.last());
  if (durable <= acked_ && beat_ <= acked_beat_) return;
  if (source_.is_fed() && durable > acked_) {
    effects.sends.push_back({source_.server(), Ack{.epoch = epoch_, .last = durable, .beat = 0}});
  }
  if (!source_.is_fed() || beat_ > acked_beat_) {
    effects.sends.push_back({leader_, Ack{.epoch = epoch_, .last = durable, .beat = beat_}});
  }
  acked_ = std::max(acked_, durable);
  acked_beat_ = beat_;
}

void Learner::on(State& state, const Handover& message, MonotonicTime now, Effects& effects) {
  static_cast<void>(effects);
  if (!accepts(message.epoch, now, state)) return;
  outcome_ = Outcome::HandedOver;
  successor_ = message.to;
}

void Learner::on_time(const State& state, MonotonicTime now, Effects& effects) {
  if (outcome_ != Outcome::Following) return;
  if (now >= give_up_at_) outcome_ = Outcome::Lost;
  if (outcome_ == Outcome::Following) source_.on_time(state, now, effects);
}

// --- Fed by a follower.

void Learner::on(State& state, const FeedFrom& message, MonotonicTime now, Effects& effects) {
  if (!accepts(message.epoch, now, state) || stage_ != Stage::UpToDate) return;
  source_.on(state, message, effects);
}

bool Learner::is_fed_by(ServerId from, std::int64_t epoch) const {
  return outcome_ == Outcome::Following && source_.is_fed() && source_.server() == from &&
         epoch == epoch_;
}

/// What comes from the same epoch is of the leader's history, and whatever of it follows what is
/// here counts. Something that does not follow is left from an earlier turn.
void Learner::on_fed(State& state, ServerId from, const Append& message, Effects& effects) {
  if (!is_fed_by(from, message.epoch)) return;
  const Zxid last = state.history.last();
  if (message.previous > last) return;
  if (message.batch->last() > last) {
    effects.disk.emplace_back(LogAppend{message.batch, last});
    state.append(message.batch);
    source_.on_appended(state);
  } else {
    // The sender counts it as on its way: what it has been told may have come too early.
    acked_ = {};
    acknowledge(state, effects);
  }
  state.commit(message.committed);
}

void Learner::on_fed(State& state, ServerId from, const Commit& message, Effects& /*effects*/) {
  if (is_fed_by(from, message.epoch)) state.commit(message.committed);
}

void Learner::on_fed(State& state, ServerId from, const FeedEnd& message, Effects& effects) {
  if (is_fed_by(from, message.epoch)) source_.on(state, from, message, effects);
}

void Learner::check_invariants(const State& state) const {
  if (stage_ >= Stage::InStep) {
    PADDOCK_ASSERT(state.epochs.current >= epoch_);
    PADDOCK_ASSERT(state.history.last() >= greeted_at_);
  }
  if (source_.is_fed()) PADDOCK_ASSERT(stage_ == Stage::UpToDate);
  if (stage_ >= Stage::Promised && counts_) PADDOCK_ASSERT(state.epochs.accepted >= epoch_);
}

}  // namespace paddock::zab
