// SPDX-License-Identifier: Apache-2.0
#include "zab/feed.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace paddock::zab {

void Feed::begin(const State& state, const EpochAck& ack, Effects& effects) {
  PADDOCK_ASSERT(phase_ == Phase::Idle);
  snapshot_zxid_ = ack.snapshot_zxid;
  snapshot_offset_ = ack.snapshot_offset;
  refused_snapshot_ = ack.refused_snapshot;
  if (ack.wants_snapshot) return start_snapshot(effects);
  const Zxid last = ack.last;
  if (last >= state.history.base()) return start_streaming(state.history.floor(last), effects);
  phase_ = Phase::Locating;
  read_log(last, effects);
}

void Feed::pause() {
  PADDOCK_ASSERT(phase_ == Phase::Streaming);
  phase_ = Phase::Idle;
  is_reading_ = false;
  ++ticket_;
  in_flight_.clear();
  in_flight_bytes_ = 0;
}

/// What is on its way to the learner's disk is not acknowledged, however much it has received.
void Feed::resume(const State& state, Zxid last, Zxid durable) {
  PADDOCK_ASSERT(phase_ == Phase::Idle);
  phase_ = Phase::Streaming;
  sent_ = last < state.history.base() ? last : state.history.floor(last);
  acked_ = std::min(durable, sent_);
}

void Feed::start_streaming(Zxid from, Effects& effects) {
  phase_ = Phase::Streaming;
  sent_ = acked_ = from;
  effects.sends.push_back({learner_, SyncFrom{.epoch = epoch_, .zxid = from}});
}

/// What was refused may be refused again: not more often than retry() is called.
void Feed::start_snapshot(Effects& effects) {
  phase_ = Phase::Snapshot;
  is_missing_ = refused_snapshot_ > Zxid{};
  if (!is_missing_) ask_snapshot(effects);
}

void Feed::ask_snapshot(Effects& effects) {
  is_reading_ = true;
  effects.snapshot_reads.push_back({.learner = learner_,
                                    .ticket = ++ticket_,
                                    .zxid = snapshot_zxid_,
                                    .offset = snapshot_offset_,
                                    .refused = refused_snapshot_});
}

void Feed::read_log(Zxid after, Effects& effects) {
  PADDOCK_ASSERT(!is_reading_);
  is_reading_ = true;
  effects.log_reads.push_back({.learner = learner_, .ticket = ++ticket_, .after = after});
}

void Feed::pump(const State& state, std::uint64_t beat, Effects& effects) {
  if (phase_ != Phase::Streaming || is_reading_) return;
  while (sent_ < state.history.last() && in_flight_bytes_ < state.options.window_bytes) {
    if (sent_ < state.history.base()) return read_log(sent_, effects);
    send_batch(state, state.history.batch_after(sent_), beat, effects);
  }
}

void Feed::send_batch(const State& state, SharedBatch batch, std::uint64_t beat, Effects& effects) {
  PADDOCK_ASSERT(batch != nullptr && batch->last() > sent_);
  const Zxid previous = sent_;
  sent_ = batch->last();
  in_flight_.push_back({sent_, batch->bytes()});
  in_flight_bytes_ += batch->bytes();
  effects.sends.push_back({learner_,
                           Append{.epoch = epoch_,
                                  .previous = previous,
                                  .batch = std::move(batch),
                                  .committed = state.committed,
                                  .beat = beat}});
}

void Feed::on_ack(Zxid last) {
  acked_ = std::max(acked_, std::min(last, sent_));
  while (!in_flight_.empty() && in_flight_.front().last <= acked_) {
    in_flight_bytes_ -= in_flight_.front().bytes;
    in_flight_.pop_front();
  }
}

void Feed::on_log_read(const State& state,
                       LogReadResult result,
                       std::uint64_t beat,
                       Effects& effects) {
  if (!awaits(result.ticket)) return;
  is_reading_ = false;
  if (!result.is_there) return start_snapshot(effects);
  if (phase_ == Phase::Locating) {
    start_streaming(result.position, effects);
  } else if (result.position != sent_) {
    // The log was cut below a snapshot meanwhile.
    return start_snapshot(effects);
  }
  // What is on disk and not in memory any more is older than anything that could be truncated.
  if (result.batch != nullptr && !result.batch->empty() &&
      result.batch->last() <= state.history.last()) {
    send_batch(state, std::move(result.batch), beat, effects);
  }
  pump(state, beat, effects);
}

void Feed::on_snapshot_read(const State& /*state*/, SnapshotReadResult result, Effects& effects) {
  if (!awaits(result.ticket)) return;
  is_reading_ = false;
  is_missing_ = result.bytes.empty();
  if (is_missing_) return;
  effects.sends.push_back({learner_,
                           SnapshotPiece{.epoch = epoch_,
                                         .zxid = result.zxid,
                                         .offset = result.offset,
                                         .size = result.size,
                                         .bytes = std::move(result.bytes)}});
}

void Feed::retry(Effects& effects) {
  if (std::exchange(is_missing_, false)) ask_snapshot(effects);
}

void Feed::on_snapshot_ack(const SnapshotAck& ack, Effects& effects) {
  if (phase_ != Phase::Snapshot || is_reading_) return;
  if (ack.is_installed) {
    phase_ = Phase::Streaming;
    in_flight_.clear();
    in_flight_bytes_ = 0;
    sent_ = acked_ = ack.zxid;
    return;
  }
  is_reading_ = true;
  effects.snapshot_reads.push_back(
      {.learner = learner_, .ticket = ++ticket_, .zxid = ack.zxid, .offset = ack.offset});
}

void Feed::check_invariants(const State& state) const {
  if (phase_ != Phase::Streaming) return;
  PADDOCK_ASSERT(acked_ <= sent_);
  PADDOCK_ASSERT(sent_ <= state.history.last());
}

}  // namespace paddock::zab
