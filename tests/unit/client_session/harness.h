// SPDX-License-Identifier: Apache-2.0
//
// A Session wired to one FakeServer by function calls, with a clock that the test moves. Everything
// that the session tells is kept as text, in order.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "client_session/session.h"
#include "fake_server.h"

namespace paddock::client {

class Harness {
 public:
  explicit Harness(SessionOptions options = default_options(), std::uint64_t seed = 1)
      : session(std::move(options), Prng(seed)) {}

  static SessionOptions default_options() {
    return {.hosts = {{"one", 1}, {"two", 2}, {"three", 3}}, .timeout = seconds(12)};
  }

  /// Starts and connects.
  void start() {
    session.start(now, effects);
    settle();
  }

  RequestId submit(EncodedRequest request) {
    EXPECT_TRUE(request.has_value());
    const RequestId id = session.submit(std::move(*request), now, effects);
    settle();
    return id;
  }

  /// Submits without letting the server see it before the next settle().
  RequestId submit_unseen(EncodedRequest request) {
    return session.submit(std::move(*request), now, effects);
  }

  /// Carries effects and answers back and forth until nothing moves.
  void settle() {
    bool moved = true;
    while (moved) {
      moved = step();
      session.check_invariants();
    }
  }

  /// The connection breaks; what was in flight is lost.
  void break_connection() {
    is_connected = false;
    session.on_connection_lost("broken", now, effects);
    settle();
  }

  void wait(Duration duration) {
    const MonotonicTime end = now + duration;
    while (true) {
      const auto due = session.deadline();
      if (!due || *due > end) break;
      now = std::max(now, *due);
      session.on_time(now, effects);
      settle();
    }
    now = end;
  }

  /// What was told since the last call.
  std::vector<std::string> take_log() { return std::exchange(log, {}); }

  MonotonicTime now{seconds(1000)};
  FakeServer server;
  Session session;
  Effects effects;
  std::vector<std::string> log;
  std::vector<Host> dialed;
  std::vector<Host> probed;
  /// Servers of which the dialing fails.
  bool is_down = false;
  bool is_connected = false;
  /// The answers arrive in pieces of this size.
  std::size_t piece = std::string::npos;

 private:
  bool step() {
    bool moved = effects.hang_up || effects.dial || !effects.output.empty() ||
                 !effects.notices.empty() || effects.probe;
    const Effects done = std::exchange(effects, {});
    for (const Notice& notice : done.notices) {
      std::visit([this](const auto& what) { record(what); }, notice);
    }
    if (done.hang_up) is_connected = false;
    if (done.probe) probed.push_back(*done.probe);
    if (is_connected) server.receive(done.output.view());
    if (done.dial) dial(*done.dial);
    if (is_connected) moved = deliver() || moved;
    return moved;
  }

  void dial(const Host& host) {
    dialed.push_back(host);
    if (is_down) {
      session.on_connection_lost("refused", now, effects);
      return;
    }
    is_connected = true;
    server.accept();
    session.on_dialed(now, effects);
  }

  bool deliver() {
    const std::string bytes = server.take_output();
    for (std::size_t at = 0; at < bytes.size() && is_connected; at += piece) {
      session.on_received(View(bytes).substr(at, piece), now, effects);
      for (const Notice& notice : effects.notices) {
        std::visit([this](const auto& what) { record(what); }, notice);
      }
      effects.notices.clear();
      if (effects.hang_up) break;
      if (piece == std::string::npos) break;
    }
    if (server.is_closed && is_connected && !effects.hang_up) {
      is_connected = false;
      session.on_connection_lost("closed by the server", now, effects);
      return true;
    }
    return !bytes.empty();
  }

  void record(const Reply& reply) {
    log.push_back(
        fmt::format("reply {} {}", static_cast<std::uint64_t>(reply.id), name(reply.error)));
  }
  void record(const WatchFired& fired) {
    std::string text = fmt::format("{} {} ->", name(fired.event.type), fired.event.path);
    for (const WatcherId watcher : fired.watchers) {
      text += fmt::format(" {}", static_cast<std::uint64_t>(watcher));
    }
    log.push_back(std::move(text));
  }
  void record(const StateChanged& change) {
    log.push_back(fmt::format("state {}", name(change.state)));
    reasons.push_back(change.reason);
  }

 public:
  std::vector<std::string> reasons;
};

}  // namespace paddock::client
