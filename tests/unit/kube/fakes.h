// SPDX-License-Identifier: Apache-2.0
//
// An API server and clocks that a test plays by hand: it sees each request and answers when it
// likes, and time passes when it says so.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "kube/api.h"
#include "kube/loop.h"

namespace paddock::kube {

class FakeLoop final : public Loop {
 public:
  [[nodiscard]] Now now() const override { return now_; }
  [[nodiscard]] std::unique_ptr<Timer> make_timer(std::function<void()> on_time) override {
    return std::make_unique<FakeTimer>(*this, std::move(on_time));
  }

  /// Calls each timer at its time.
  void pass(Duration by) {
    const MonotonicTime end = now_.monotonic + by;
    while (FakeTimer* const timer = next_due(end)) {
      set_time(*timer->at);
      timer->at.reset();
      timer->on_time();
    }
    set_time(end);
  }
  /// How long until the next timer; nothing: there is none.
  [[nodiscard]] std::optional<Duration> until_next() const {
    std::optional<Duration> shortest;
    for (const FakeTimer* timer : timers_) {
      if (!timer->at) continue;
      const Duration left = *timer->at - now_.monotonic;
      shortest = std::min(shortest.value_or(left), left);
    }
    return shortest;
  }
  /// The clock on the wall, which may say anything.
  void set_wall(WallTime wall) { now_.wall = wall; }

 private:
  struct FakeTimer final : Timer {
    FakeTimer(FakeLoop& loop_in, std::function<void()> on_time_in)
        : loop(loop_in), on_time(std::move(on_time_in)) {
      loop.timers_.insert(this);
    }
    ~FakeTimer() override { loop.timers_.erase(this); }
    FakeTimer(const FakeTimer&) = delete;
    FakeTimer& operator=(const FakeTimer&) = delete;
    void set(std::optional<MonotonicTime> time) override { at = time; }

    FakeLoop& loop;
    std::function<void()> on_time;
    std::optional<MonotonicTime> at;
  };

  void set_time(MonotonicTime to) {
    now_.wall.ms += std::chrono::duration_cast<milliseconds>(to - now_.monotonic).count();
    now_.monotonic = to;
  }
  FakeTimer* next_due(MonotonicTime end) {
    FakeTimer* found = nullptr;
    for (FakeTimer* timer : timers_) {
      if (timer->at && *timer->at <= end && (found == nullptr || *timer->at < *found->at)) {
        found = timer;
      }
    }
    return found;
  }

  Now now_{.monotonic = {seconds(1000)}, .wall = {1'795'853'730'000}};
  std::set<FakeTimer*> timers_;
};

class FakeApi final : public Api {
 public:
  [[nodiscard]] std::unique_ptr<Pending> call(Request request, OnReply on_reply) override {
    auto state = std::make_shared<State>();
    state->request = std::move(request);
    state->on_reply = std::move(on_reply);
    sent_.push_back(state);
    return std::make_unique<FakePending>(state);
  }
  [[nodiscard]] std::unique_ptr<Pending> watch(Request request, WatchHandlers handlers) override {
    auto state = std::make_shared<State>();
    state->request = std::move(request);
    state->is_watch = true;
    state->handlers = std::move(handlers);
    sent_.push_back(state);
    return std::make_unique<FakePending>(state);
  }

  /// What waits to be looked at.
  [[nodiscard]] std::size_t waiting() const { return sent_.size(); }
  [[nodiscard]] const Request& next() const {
    EXPECT_FALSE(sent_.empty());
    return sent_.front()->request;
  }
  [[nodiscard]] bool is_watch() const { return !sent_.empty() && sent_.front()->is_watch; }
  /// Nobody waits for its answer any more.
  [[nodiscard]] bool is_dropped() const { return sent_.front()->is_dropped; }

  void reply(Reply reply) {
    const auto state = take();
    if (!state->is_dropped) state->on_reply(std::move(reply));
  }
  void reply(std::string_view body) { reply(Answer{.body = *parse_json(body)}); }
  void refuse(unsigned code, std::string_view body = {}) {
    reply(std::unexpected(error_of(code, body)));
  }
  void open() {
    if (!sent_.front()->is_dropped) sent_.front()->handlers.on_open();
  }
  void line(std::string_view text) {
    if (!sent_.front()->is_dropped) sent_.front()->handlers.on_line(text);
  }
  void end(std::optional<ApiError> error = std::nullopt) {
    const auto state = take();
    if (!state->is_dropped) state->handlers.on_end(std::move(error));
  }
  void drop() { take(); }

 private:
  struct State {
    Request request;
    bool is_watch = false;
    bool is_dropped = false;
    OnReply on_reply;
    WatchHandlers handlers;
  };
  struct FakePending final : Pending {
    explicit FakePending(std::shared_ptr<State> state_in) : state(std::move(state_in)) {}
    ~FakePending() override { state->is_dropped = true; }
    FakePending(const FakePending&) = delete;
    FakePending& operator=(const FakePending&) = delete;
    std::shared_ptr<State> state;
  };

  std::shared_ptr<State> take() {
    auto state = sent_.front();
    sent_.pop_front();
    return state;
  }

  std::deque<std::shared_ptr<State>> sent_;
};

}  // namespace paddock::kube
