// SPDX-License-Identifier: Apache-2.0
#include "client_session/session.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/assert.h"

namespace paddock::client {

namespace {

constexpr Duration kProbeIntervalMin = milliseconds(100);
constexpr Duration kProbeIntervalMax = seconds(60);
constexpr std::uint32_t kBackoffDoublingsMax = 16;

std::int64_t in_ms(Duration duration) {
  return std::chrono::duration_cast<milliseconds>(duration).count();
}

ErrorCode error_after(SessionState end) {
  switch (end) {
    case SessionState::AuthFailed:
      return ErrorCode::AuthFailed;
    case SessionState::Expired:
      return ErrorCode::SessionExpired;
    case SessionState::Closed:
      return ErrorCode::Closing;
    case SessionState::Connecting:
    case SessionState::Connected:
    case SessionState::ConnectedReadOnly:
      return ErrorCode::ConnectionLoss;
  }
  PADDOCK_UNREACHABLE();
}

KeeperState keeper_state_after(SessionState end) {
  switch (end) {
    case SessionState::AuthFailed:
      return KeeperState::AuthFailed;
    case SessionState::Expired:
      return KeeperState::Expired;
    case SessionState::Closed:
      return KeeperState::Closed;
    case SessionState::Connecting:
    case SessionState::Connected:
    case SessionState::ConnectedReadOnly:
      return KeeperState::Disconnected;
  }
  PADDOCK_UNREACHABLE();
}

}  // namespace

Session::Session(SessionOptions options, Prng prng)
    : options_(std::move(options)),
      prng_(prng),
      hosts_(options_.hosts, prng_),
      timeout_(options_.timeout),
      last_zxid_(options_.last_zxid),
      seen_writable_server_(options_.resume.has_value()) {
  if (options_.resume) credentials_ = *options_.resume;
}

void Session::start(MonotonicTime now, Effects& effects) {
  PADDOCK_ASSERT(phase_ == Phase::Idle);
  dial(now, effects);
}

RequestId Session::submit(Request request, MonotonicTime now, Effects& effects) {
  const RequestId id = take_id();
  if (answer_locally(id, request, effects)) return id;
  Pending pending{id, 0, now, std::move(request)};
  if (phase_ == Phase::Established) {
    write(std::move(pending), now, effects);
  } else {
    unsent_.push_back(std::move(pending));
  }
  return id;
}

RequestId Session::add_auth(std::string scheme,
                            std::string auth,
                            MonotonicTime now,
                            Effects& effects) {
  const RequestId id = take_id();
  if (const auto error = refusal()) {
    effects.notices.emplace_back(Reply{id, *error, {}, {}});
    return id;
  }
  auto known = std::ranges::find_if(auths_, [&](const Auth& entry) {
    return entry.waiting == RequestId{} && entry.scheme == scheme && entry.auth == auth;
  });
  if (known == auths_.end()) {
    known = auths_.insert(auths_.end(), {std::move(scheme), std::move(auth), {}});
  }
  known->waiting = id;
  if (phase_ == Phase::Established) {
    write_auth(static_cast<std::size_t>(known - auths_.begin()), effects);
    last_sent_ = now;
  }
  return id;
}

void Session::close(MonotonicTime now, Effects& effects) {
  if (!is_alive(state_) || is_closing_) return;
  if (phase_ != Phase::Established) {
    finish(SessionState::Closed, "closed by this client", effects);
    return;
  }
  write({take_id(), 0, now, Request{jute::Opcode::CloseSession, {}, nullptr}}, now, effects);
  is_closing_ = true;
  phase_deadline_ = now + options_.close_wait;
}

void Session::on_dialed(MonotonicTime now, Effects& effects) {
  if (phase_ != Phase::Dialing) return;
  phase_ = Phase::Handshaking;
  input_.clear();
  parsed_ = 0;
  write_connect_request(now, effects);
}

void Session::on_connection_lost(std::string reason, MonotonicTime now, Effects& effects) {
  switch (phase_) {
    case Phase::Idle:
    case Phase::Waiting:
    case Phase::Ended:
      return;
    case Phase::Dialing:
    case Phase::Handshaking:
    case Phase::LoggingIn:
    case Phase::Established:
      lose_connection(std::move(reason), now, effects);
      return;
  }
}

void Session::on_writable_server_found(const Host& host, MonotonicTime now, Effects& effects) {
  if (state_ != SessionState::ConnectedReadOnly || is_closing_) return;
  hosts_.prefer(host);
  lose_connection(fmt::format("moving to the read-write server {}", to_string(host)), now, effects);
}

void Session::on_time(MonotonicTime now, Effects& effects) {
  switch (phase_) {
    case Phase::Idle:
    case Phase::Ended:
      return;
    case Phase::Waiting:
      if (now >= phase_deadline_) dial(now, effects);
      break;
    case Phase::Dialing:
    case Phase::Handshaking:
    case Phase::LoggingIn:
      if (now < phase_deadline_) break;
      lose_connection(
          fmt::format(
              "{} did not answer within {} ms", to_string(server()), in_ms(connect_timeout())),
          now,
          effects);
      break;
    case Phase::Established:
      keep_alive(now, effects);
      break;
  }
  give_up_unsent(now, effects);
}

std::optional<MonotonicTime> Session::deadline() const {
  MonotonicTime due;
  switch (phase_) {
    case Phase::Idle:
    case Phase::Ended:
      return std::nullopt;
    case Phase::Waiting:
    case Phase::Dialing:
    case Phase::Handshaking:
    case Phase::LoggingIn:
      due = phase_deadline_;
      break;
    case Phase::Established:
      due = std::min(last_heard_ + timeout_ * 2 / 3, last_sent_ + timeout_ / 3);
      if (is_closing_) due = std::min(due, phase_deadline_);
      if (state_ == SessionState::ConnectedReadOnly) due = std::min(due, probe_at_);
      break;
  }
  if (!unsent_.empty()) due = std::min(due, unsent_.front().submitted + options_.timeout);
  return due;
}

void Session::check_invariants() const {
  PADDOCK_ASSERT((phase_ == Phase::Ended) == !is_alive(state_));
  const bool is_connected =
      state_ == SessionState::Connected || state_ == SessionState::ConnectedReadOnly;
  PADDOCK_ASSERT((phase_ == Phase::Established) == is_connected);
  if (phase_ != Phase::Established) PADDOCK_ASSERT(sent_.empty() && auths_in_flight_.empty());
  if (phase_ == Phase::Established || phase_ == Phase::Ended) PADDOCK_ASSERT(unsent_.empty());
  if (phase_ == Phase::Ended) PADDOCK_ASSERT(watches_.empty());
  PADDOCK_ASSERT((phase_ == Phase::LoggingIn) == (login_ != nullptr));
  for (std::size_t i = 1; i < sent_.size(); ++i) {
    PADDOCK_ASSERT(sent_[i].id > sent_[i - 1].id);
    PADDOCK_ASSERT(sent_[i].xid == sent_[i - 1].xid + 1 || sent_[i].xid == 1);
  }
  PADDOCK_ASSERT(parsed_ <= input_.size());
  watches_.check_invariants();
}

void Session::dial(MonotonicTime now, Effects& effects) {
  phase_ = Phase::Dialing;
  phase_deadline_ = now + connect_timeout();
  effects.dial = hosts_.next();
}

void Session::lose_connection(std::string reason, MonotonicTime now, Effects& effects) {
  effects.hang_up = true;
  effects.output.clear();
  auths_in_flight_.clear();
  login_.reset();
  fail_all(sent_, ErrorCode::ConnectionLoss, effects);
  if (is_closing_) {
    finish(SessionState::Closed, std::move(reason), effects);
    return;
  }
  redial_later(now);
  set_state(SessionState::Connecting, std::move(reason), effects);
}

void Session::redial_later(MonotonicTime now) {
  const std::uint32_t rounds = hosts_.failed_rounds();
  const auto random_up_to = [&](Duration limit) {
    return Duration(prng_.below(static_cast<std::uint64_t>(limit.count()) + 1));
  };
  Duration wait = random_up_to(options_.backoff_min);
  if (rounds > 0 && hosts_.is_round_complete()) {
    const Duration doubled = options_.backoff_min * (1U << std::min(rounds, kBackoffDoublingsMax));
    const Duration limit = std::min(doubled, options_.backoff_max);
    wait = limit / 2 + random_up_to(limit / 2);
  }
  phase_ = Phase::Waiting;
  phase_deadline_ = now + wait;
}

void Session::finish(SessionState end, std::string reason, Effects& effects) {
  PADDOCK_ASSERT(!is_alive(end));
  effects.hang_up = true;
  effects.dial.reset();
  phase_ = Phase::Ended;
  auths_in_flight_.clear();
  login_.reset();
  const ErrorCode error = error_after(end);
  fail_all(sent_, error, effects);
  fail_all(unsent_, error, effects);
  for (Auth& entry : auths_) {
    if (entry.waiting != RequestId{})
      effects.notices.emplace_back(Reply{entry.waiting, error, {}, {}});
    entry.waiting = {};
  }
  std::vector<WatcherId> watchers = watches_.clear();
  if (!watchers.empty()) {
    effects.notices.emplace_back(WatchFired{
        Event{EventType::None, keeper_state_after(end), {}, Zxid{-1}}, std::move(watchers)});
  }
  set_state(end, std::move(reason), effects);
}

void Session::set_state(SessionState state, std::string reason, Effects& effects) {
  state_ = state;
  effects.notices.emplace_back(StateChanged{state, std::move(reason), hosts_.failed_rounds()});
}

void Session::keep_alive(MonotonicTime now, Effects& effects) {
  if (now - last_heard_ >= timeout_ * 2 / 3) {
    lose_connection(
        fmt::format("{} was silent for {} ms", to_string(server()), in_ms(now - last_heard_)),
        now,
        effects);
    return;
  }
  if (is_closing_ && now >= phase_deadline_) {
    finish(SessionState::Closed, "closed without the server's answer", effects);
    return;
  }
  if (now - last_sent_ >= timeout_ / 3) write_ping(now, effects);
  if (state_ == SessionState::ConnectedReadOnly && now >= probe_at_) {
    probe_interval_ = std::clamp(probe_interval_ * 2, kProbeIntervalMin, kProbeIntervalMax);
    probe_at_ = now + probe_interval_;
    effects.probe = hosts_.peek(++probe_offset_);
  }
}

void Session::give_up_unsent(MonotonicTime now, Effects& effects) {
  while (!unsent_.empty() && now - unsent_.front().submitted >= options_.timeout) {
    Pending pending = std::move(unsent_.front());
    unsent_.pop_front();
    complete(pending, {pending.id, ErrorCode::ConnectionLoss, {}, {}}, effects);
  }
}

Duration Session::connect_timeout() const {
  if (options_.connect_timeout > Duration{0}) return options_.connect_timeout;
  return options_.timeout / static_cast<std::int64_t>(hosts_.size());
}

}  // namespace paddock::client
