// SPDX-License-Identifier: Apache-2.0
#include "bench/load_worker.h"

#include <algorithm>

#include <fmt/format.h>

namespace paddock::bench {

namespace {

constexpr Duration kConnectMax = seconds{15};
constexpr Duration kDrainMax = seconds{10};
/// Who pressed Control-C does not want to wait for a dead server.
constexpr Duration kDrainWhenStoppedMax = seconds{2};
constexpr Duration kSilenceMax = seconds{30};
constexpr Duration kRetryAfter = milliseconds{20};
constexpr Duration kIdleWait = milliseconds{50};

}  // namespace

LoadWorker::LoadWorker(Poller poller, const LoadPlan& plan, WorkerShare share)
    : poller_(std::move(poller)),
      plan_(&plan),
      share_(share),
      prng_(plan.load.seed * 1000 + share.number) {
  for (std::uint32_t i = 0; i < share.sessions; ++i) {
    Session& session = sessions_.emplace_back(poller_, i);
    session.outstanding.resize(plan.load.pipeline);
    session.endpoint = (share.number + i) % plan.common.endpoints.size();
  }
  if (share.rate > 0) interval_ = Duration{seconds{1}} / static_cast<std::int64_t>(share.rate);
}

Result<> LoadWorker::open(Session& session) {
  const auto& endpoints = plan_->common.endpoints;
  return session.connection.open(
      endpoints[session.endpoint], session.credentials, plan_->common.session_timeout);
}

Result<> LoadWorker::connect() {
  for (Session& session : sessions_) PADDOCK_TRY(open(session));
  const MonotonicTime deadline = monotonic_now() + kConnectMax;
  const auto ready = [](const Session& session) {
    return session.connection.state() == Connection::State::Ready && !session.awaits_wish;
  };
  while (!std::ranges::all_of(sessions_, ready)) {
    for (const epoll_event& event : poller_.wait(kIdleWait)) {
      serve(sessions_[event.data.u64], event.events);
    }
    if (refuses_wish_) return fail("the server knows no linearizable reads ('addauth reads')");
    if (disconnected_ > 0) return fail("the server closed a connection before its session stood");
    if (monotonic_now() > deadline) return fail("not all sessions stood within 15 s");
  }
  for (Session& session : sessions_) session.name = session.credentials.session_id;
  return {};
}

void LoadWorker::run(MeasuredTime measured, const std::atomic<bool>& stop) {
  MonotonicTime now = monotonic_now();
  measured_ = measured;
  next_due_ = last_answer_ = now;
  next_ping_ = now + plan_->common.session_timeout / 3;
  sending_ = true;
  for (Session& session : sessions_) fill_pipeline(session, now);
  while (sending_ || (outstanding_ > 0 && now < drain_until_)) {
    const bool is_stopped = stop.load(std::memory_order_relaxed);
    if (sending_ && is_time_to_end(now, is_stopped)) stop_sending(now, is_stopped);
    send_due(now);
    for (const epoll_event& event : poller_.wait(time_to_wait(now))) {
      serve(sessions_[event.data.u64], event.events);
    }
    now = monotonic_now();
    if (disconnected_ > 0) reconnect(now);
    if (now >= next_ping_) ping_all(now);
  }
  note_silence(now);
  give_up_unanswered();
  end_sessions();
  finished_.store(true, std::memory_order_release);
}

Duration LoadWorker::time_to_wait(MonotonicTime now) const {
  const Duration wait = disconnected_ > 0 ? kRetryAfter : kIdleWait;
  // What is due already waits for a session, that is, for an answer.
  const bool is_waiting = share_.rate == 0 || !sending_ || next_due_ <= now;
  return is_waiting ? wait : std::min(wait, next_due_ - now);
}

bool LoadWorker::is_time_to_end(MonotonicTime now, bool is_stopped) const {
  if (is_stopped) return true;
  if (share_.operations > 0) {
    const bool is_waiting = outstanding_ > 0 || disconnected_ == sessions_.size();
    const bool is_dead = is_waiting && now - last_answer_ > kSilenceMax;
    return measured_requests_ >= share_.operations || is_dead;
  }
  if (now < measured_.until) return false;
  // With a rate, what fell due in time is sent still, late as it is.
  const bool is_behind = share_.rate > 0 && next_due_ <= measured_.until;
  return !is_behind || now >= measured_.until + kDrainMax;
}

void LoadWorker::stop_sending(MonotonicTime now, bool is_stopped) {
  sending_ = false;
  measured_.until = std::min(measured_.until, now);
  drain_until_ =
      is_stopped ? now + kDrainWhenStoppedMax : std::max(now, measured_.until + kDrainMax);
}

void LoadWorker::give_up_unanswered() {
  for (Session& session : sessions_) {
    for (; session.answered < session.sent; ++session.answered, --outstanding_) {
      const auto& request = session.outstanding[session.answered % session.outstanding.size()];
      if (is_measured(request.due)) count_error(request.operation, ErrorCode::OperationTimeout);
    }
  }
  if (share_.rate == 0 || share_.operations > 0) return;
  for (; next_due_ <= measured_.until; next_due_ = next_due_ + interval_) {
    if (is_measured(next_due_)) {
      count_error(plan_->load.mix.pick(prng_), ErrorCode::OperationTimeout);
    }
  }
}

void LoadWorker::serve(Session& session, std::uint32_t events) {
  Connection& connection = session.connection;
  const bool alive = connection.on_events(events);
  const MonotonicTime now = monotonic_now();
  View frame;
  while (alive && connection.next_frame(frame)) on_frame(session, frame, now);
  if (connection.state() == Connection::State::Ready) fill_pipeline(session, now);
  if (connection.state() == Connection::State::Closed) on_lost(session, now);
}

void LoadWorker::on_frame(Session& session, View frame, MonotonicTime now) {
  Connection& connection = session.connection;
  if (connection.state() == Connection::State::Handshaking) return on_handshake(session, frame);
  Reply reply;
  if (!parse_reply(frame, reply)) {
    connection.close();
    return;
  }
  if (reply.header.xid == jute::kXidAuth) return on_wish(session, reply.header.err);
  if (reply.header.xid > 0 && session.answered < session.sent) on_reply(session, reply, now);
}

void LoadWorker::on_handshake(Session& session, View frame) {
  // A session that expired meanwhile is replaced by a new one.
  const bool granted = session.connection.accept_handshake(frame);
  session.credentials = granted ? session.connection.credentials() : Credentials{};
  session.awaits_wish = granted && plan_->load.linearizable;
  if (!session.awaits_wish) return;
  put_auth(session.connection.out(), "reads", "linearizable");
  static_cast<void>(session.connection.flush());
}

void LoadWorker::on_wish(Session& session, ErrorCode error) {
  session.awaits_wish = false;
  if (error == ErrorCode::Ok) return;
  refuses_wish_ = true;
  session.connection.close();
}

void LoadWorker::on_reply(Session& session, const Reply& reply, MonotonicTime now) {
  const Outstanding& request = session.outstanding[session.answered % session.outstanding.size()];
  ++session.answered;
  --outstanding_;
  answers_.store(answers_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  ErrorCode error = reply.header.err;
  if (request.operation == Operation::Multi && error == ErrorCode::Ok) {
    error = multi_error(reply.body);
  }
  note_silence(now);
  if (is_measured(request.due)) {
    Row& row = rows_[index(request.operation)];
    const Duration latency = now - request.due;
    if (latency > row.latency.max()) row.longest_at = request.due - measured_.from;
    row.latency.record(latency);
    if (error != ErrorCode::Ok) count_error(request.operation, error);
  }
  last_answer_ = now;
}

void LoadWorker::on_lost(Session& session, MonotonicTime now) {
  if (session.lost) return;
  session.lost = true;
  for (; session.answered < session.sent; ++session.answered, --outstanding_) {
    const auto& request = session.outstanding[session.answered % session.outstanding.size()];
    if (is_measured(request.due)) count_error(request.operation, ErrorCode::ConnectionLoss);
  }
  session.endpoint = (session.endpoint + 1) % plan_->common.endpoints.size();
  session.retry_at = now + kRetryAfter;
  ++disconnected_;
}

void LoadWorker::reconnect(MonotonicTime now) {
  for (Session& session : sessions_) {
    if (!session.lost || now < session.retry_at) continue;
    if (open(session)) {
      session.lost = false;
      --disconnected_;
    } else {
      session.retry_at = now + kRetryAfter;
    }
  }
}

void LoadWorker::ping_all(MonotonicTime now) {
  next_ping_ = now + plan_->common.session_timeout / 3;
  for (Session& session : sessions_) {
    if (session.connection.state() != Connection::State::Ready) continue;
    put_ping(session.connection.out());
    if (!session.connection.flush()) on_lost(session, now);
  }
}

bool LoadWorker::may_send(const Session& session) const {
  const bool has_more = share_.operations == 0 || measured_requests_ < share_.operations;
  return sending_ && has_more && session.connection.state() == Connection::State::Ready &&
         session.sent - session.answered < session.outstanding.size();
}

void LoadWorker::fill_pipeline(Session& session, MonotonicTime now) {
  if (share_.rate > 0 || !sending_) return;
  while (may_send(session)) send(session, now);
  static_cast<void>(session.connection.flush());
}

void LoadWorker::send_due(MonotonicTime now) {
  if (share_.rate == 0 || !sending_) return;
  std::size_t busy = 0;
  while (next_due_ <= std::min(now, measured_.until) && busy < sessions_.size()) {
    Session& session = sessions_[next_session_];
    next_session_ = (next_session_ + 1) % sessions_.size();
    if (!may_send(session)) {
      ++busy;
      continue;
    }
    busy = 0;
    send(session, next_due_);
    next_due_ = next_due_ + interval_;
    if (!session.connection.flush()) on_lost(session, now);
  }
}

void LoadWorker::send(Session& session, MonotonicTime due) {
  Operation operation = plan_->load.mix.pick(prng_);
  if (operation == Operation::Delete && session.deleted == session.created) {
    operation = Operation::Create;
  }
  session.outstanding[session.sent % session.outstanding.size()] = {due, operation};
  ++session.sent;
  ++outstanding_;
  if (is_measured(due)) ++measured_requests_;
  encode(session, operation, static_cast<std::int32_t>(session.sent % 0x7fffffff) + 1);
}

void LoadWorker::encode(Session& session, Operation operation, std::int32_t xid) {
  ByteBuffer& out = session.connection.out();
  switch (operation) {
    case Operation::Get:
      return put_get(out, xid, {random_key(), false});
    case Operation::Exists:
      return put_exists(out, xid, {random_key(), false});
    case Operation::Children:
      return put_children(out, xid, plan_->keys.parent());
    case Operation::Sync:
      return put_sync(out, xid, plan_->keys.parent());
    case Operation::Set:
      return put_set(out, xid, {random_key(), plan_->value, -1});
    case Operation::Delete:
      return put_delete(out, xid, made_path(session, session.deleted++));
    case Operation::Create:
      return put_create(out,
                        xid,
                        {.path = made_path(session, session.created++),
                         .data = plan_->value,
                         .mode = plan_->load.ephemeral ? jute::CreateMode::Ephemeral
                                                       : jute::CreateMode::Persistent});
    case Operation::Multi: {
      MultiRequest multi(out, xid);
      for (std::uint32_t i = 0; i < plan_->load.multi_size; ++i) {
        multi.set({random_key(), plan_->value, -1});
      }
      return multi.finish();
    }
  }
}

View LoadWorker::made_path(const Session& session, std::uint64_t number) {
  path_ = fmt::format("{}/{:x}-{}", plan_->made_directory, session.name, number);
  return path_;
}

bool LoadWorker::is_measured(MonotonicTime due) const {
  return due >= measured_.from && due <= measured_.until;
}

/// To be called before an answer at `now` is counted, and at the end.
void LoadWorker::note_silence(MonotonicTime now) {
  const MonotonicTime from = std::max(last_answer_, measured_.from);
  longest_silence_ = std::max(longest_silence_, std::min(now, measured_.until) - from);
}

void LoadWorker::count_error(Operation operation, ErrorCode code) {
  ++rows_[index(operation)].errors[code];
  errors_.fetch_add(1, std::memory_order_relaxed);
}

void LoadWorker::end_sessions() {
  std::size_t open_count = 0;
  for (Session& session : sessions_) {
    if (session.connection.state() != Connection::State::Ready) continue;
    put_close_session(session.connection.out(), 1);
    if (session.connection.flush()) ++open_count;
  }
  const MonotonicTime deadline = monotonic_now() + kDrainMax;
  while (open_count > 0 && monotonic_now() < deadline) {
    for (const epoll_event& event : poller_.wait(kIdleWait)) {
      // The server closes the socket after its reply.
      if (!sessions_[event.data.u64].connection.on_events(event.events)) --open_count;
    }
  }
}

void LoadWorker::append_left_over(std::vector<std::string>& paths) const {
  for (const Session& session : sessions_) {
    for (std::uint64_t number = session.deleted; number < session.created; ++number) {
      paths.push_back(fmt::format("{}/{:x}-{}", plan_->made_directory, session.name, number));
    }
  }
}

}  // namespace paddock::bench
