// SPDX-License-Identifier: Apache-2.0
#include "zab/source.h"

#include <algorithm>

namespace paddock::zab {

void Source::on(const State& state, const FeedFrom& order, Effects& effects) {
  if (order.turn <= turn_) return;
  leave(state, effects);
  epoch_ = order.epoch;
  turn_ = order.turn;
  const bool is_reached = order.server == leader_ || state.linked.contains(order.server);
  turn_to(state, is_reached ? order.server : leader_, effects);
}

void Source::turn_to(const State& state, ServerId server, Effects& effects) {
  server_ = server;
  expected_.reset();
  effects.sends.push_back({server_,
                           FeedRequest{.epoch = epoch_,
                                       .turn = turn_,
                                       .last = state.history.last(),
                                       .durable = std::min(state.durable, state.history.last())}});
}

void Source::leave(const State& state, Effects& effects) const {
  if (!is_fed() || !state.linked.contains(server_)) return;
  effects.sends.push_back({server_, FeedEnd{.epoch = epoch_, .turn = turn_}});
}

void Source::on(const State& state, ServerId from, const FeedEnd& end, Effects& effects) {
  if (!is_fed() || from != server_ || end.epoch != epoch_ || end.turn != turn_) return;
  turn_to(state, leader_, effects);
}

void Source::on_link_down(const State& state, ServerId peer, Effects& effects) {
  if (is_fed() && peer == server_) turn_to(state, leader_, effects);
}

void Source::expect(const State& state, Zxid committed, MonotonicTime now) {
  if (!is_fed() || expected_ || committed <= state.history.last()) return;
  expected_ = Expectation{committed, now + state.options.feed_lag_max};
}

void Source::on_appended(const State& state) {
  if (expected_ && state.history.last() >= expected_->committed) expected_.reset();
}

void Source::on_time(const State& state, MonotonicTime now, Effects& effects) {
  if (!expected_ || now < expected_->until) return;
  leave(state, effects);
  turn_to(state, leader_, effects);
}

MonotonicTime Source::next_time() const {
  return expected_ ? expected_->until : MonotonicTime{Duration::max()};
}

}  // namespace paddock::zab
