// SPDX-License-Identifier: Apache-2.0
#include "zab/relay.h"

#include <utility>

#include "base/assert.h"

namespace paddock::zab {

void Relay::on(ServerId from, const FeedRequest& request) {
  next_ticket_ += std::uint64_t{1} << 32U;
  observers_.insert_or_assign(from,
                              Observer{request, Feed(from, request.epoch, next_ticket_), Zxid{}});
}

void Relay::on(ServerId from, const Ack& ack) {
  const auto found = observers_.find(from);
  if (found == observers_.end() || ack.epoch != found->second.request.epoch) return;
  found->second.feed.on_ack(ack.last);
}

void Relay::on(ServerId from, const FeedEnd& end) {
  const auto found = observers_.find(from);
  if (found == observers_.end()) return;
  const FeedRequest& request = found->second.request;
  if (end.epoch == request.epoch && end.turn == request.turn) observers_.erase(found);
}

/// What it has not got is neither in memory nor in the log: that takes the leader's snapshot.
void Relay::on_log_read(const State& state, LogReadResult result, Effects& effects) {
  const auto found = observers_.find(result.learner);
  if (found == observers_.end()) return;
  Feed& feed = found->second.feed;
  if (!feed.awaits(result.ticket)) return;
  if (!result.is_there || result.position != feed.sent()) {
    decline(found, effects);
    return;
  }
  feed.on_log_read(state, std::move(result), 0, effects);
}

/// An observer that is ahead waits until this server has caught up; then all that it has is here.
bool Relay::begin(const State& state, Observer& observer) {
  const Zxid last = observer.request.last;
  if (last >= state.history.base() && state.history.floor(last) != last) return false;
  observer.feed.resume(state, last, observer.request.durable);
  return true;
}

void Relay::pump(const State& state, Effects& effects) {
  for (auto one = observers_.begin(); one != observers_.end();) {
    Observer& observer = one->second;
    if (observer.feed.is_idle()) {
      if (observer.request.last > state.history.last()) {
        ++one;
        continue;
      }
      if (!begin(state, observer)) {
        one = decline(one, effects);
        continue;
      }
    }
    pump(state, one->first, observer, effects);
    ++one;
  }
}

/// Every Append says how far the history is committed; a message of its own only where there is
/// none.
void Relay::pump(const State& state, ServerId id, Observer& observer, Effects& effects) {
  const Zxid sent = observer.feed.sent();
  observer.feed.pump(state, 0, effects);
  if (observer.feed.sent() == sent && state.committed > observer.committed) {
    effects.sends.push_back(
        {id, Commit{.epoch = observer.request.epoch, .committed = state.committed, .beat = 0}});
  }
  observer.committed = state.committed;
}

Relay::Observers::iterator Relay::decline(Observers::iterator observer, Effects& effects) {
  const FeedRequest& request = observer->second.request;
  effects.sends.push_back({observer->first, FeedEnd{.epoch = request.epoch, .turn = request.turn}});
  return observers_.erase(observer);
}

void Relay::end(Effects& effects) {
  for (auto one = observers_.begin(); one != observers_.end();) one = decline(one, effects);
}

std::vector<ServerId> Relay::observers() const {
  std::vector<ServerId> all;
  for (const auto& [id, observer] : observers_) all.push_back(id);
  return all;
}

void Relay::check_invariants(const State& state, std::int64_t epoch) const {
  for (const auto& [id, observer] : observers_) {
    PADDOCK_ASSERT(id != state.options.self);
    PADDOCK_ASSERT(observer.request.epoch == epoch);
    observer.feed.check_invariants(state);
  }
}

}  // namespace paddock::zab
