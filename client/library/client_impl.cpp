// SPDX-License-Identifier: Apache-2.0
#include "client/client_impl.h"

#include <bit>
#include <chrono>
#include <future>
#include <random>
#include <utility>

#include <boost/asio/post.hpp>

#include "client/four_letter_query.h"

namespace paddock::client {

namespace {

constexpr Duration kProbeLimit = seconds(1);

Prng random_prng() {
  std::random_device device;
  return Prng((std::uint64_t{device()} << 32U) | device());
}

}  // namespace

Client::Impl::Impl(Runtime& runtime,
                   SessionOptions options,
                   std::shared_ptr<TlsSource> tls,
                   std::function<void(const StateChanged&)> on_state)
    : runtime_(runtime),
      context_(runtime.loop().context),
      chroot_(options.chroot),
      tls_(std::move(tls)),
      on_state_(std::move(on_state)),
      session_(std::move(options), random_prng()),
      timer_(context_) {
  publish_info();
}

void Client::Impl::start() {
  post([this] {
    session_.start(now(), effects_);
    carry_out();
  });
}

void Client::Impl::submit(Request request, Watcher watcher, ReplyHandler handler) {
  post([this,
        request = std::move(request),
        watcher = std::move(watcher),
        handler = std::move(handler)]() mutable {
    const WatcherId watcher_in_use = watcher == nullptr ? WatcherId{} : watcher_id(watcher);
    if (request.watch != nullptr && watcher != nullptr) request.watch->watcher = watcher_in_use;
    if (watcher_in_use != WatcherId{}) {
      ++watchers_[static_cast<std::uint64_t>(watcher_in_use)].in_flight;
      handler = [this, watcher_in_use, inner = std::move(handler)](const Reply& reply) mutable {
        --watchers_[static_cast<std::uint64_t>(watcher_in_use)].in_flight;
        release_watcher(watcher_in_use);
        inner(reply);
      };
    }
    const RequestId id = session_.submit(std::move(request), now(), effects_);
    keep_handler(id, std::move(handler));
  });
}

void Client::Impl::add_auth(std::string scheme, std::string auth, ReplyHandler handler) {
  post([this,
        scheme = std::move(scheme),
        auth = std::move(auth),
        handler = std::move(handler)]() mutable {
    const RequestId id = session_.add_auth(std::move(scheme), std::move(auth), now(), effects_);
    keep_handler(id, std::move(handler));
  });
}

void Client::Impl::close(Handler<Done> handler) {
  post([this, handler = std::move(handler)]() mutable {
    if (is_shut_down_ || !is_alive(session_.state())) return handler(Done{});
    closing_handlers_.push_back(std::move(handler));
    session_.close(now(), effects_);
  });
}

void Client::Impl::refuse(ErrorCode error, ReplyHandler handler) {
  post([error, handler = std::move(handler)]() mutable { handler(Reply{{}, error, {}, {}}); });
}

void Client::Impl::shut_down() {
  const auto end = [this] {
    run_commands();
    is_shut_down_ = true;
    if (connection_ != nullptr) connection_->abandon();
    connection_.reset();
    timer_.cancel();
    for (auto& [id, handler] : std::exchange(handlers_, {})) {
      handler(Reply{RequestId{id}, ErrorCode::Closing, {}, {}});
    }
    for (auto& handler : std::exchange(closing_handlers_, {})) handler(Done{});
    watchers_.clear();
    on_state_ = nullptr;
  };
  if (runtime_.is_loop_thread()) {
    end();
    return;
  }
  std::promise<void> ended;
  boost::asio::post(context_, [&] {
    end();
    ended.set_value();
  });
  ended.get_future().wait();
}

SessionInfo Client::Impl::info() const {
  const std::lock_guard lock(info_mutex_);
  return info_;
}

void Client::Impl::on_dialed() {
  session_.on_dialed(now(), effects_);
  carry_out();
}

void Client::Impl::on_received(View bytes) {
  session_.on_received(bytes, now(), effects_);
  carry_out();
}

void Client::Impl::on_lost(Loss loss) {
  connection_.reset();
  session_.on_connection_lost(std::move(loss.reason), now(), effects_);
  carry_out();
}

void Client::Impl::post(Command command) {
  bool was_empty = false;
  {
    const std::lock_guard lock(commands_mutex_);
    was_empty = commands_.empty();
    commands_.push_back(std::move(command));
  }
  if (was_empty) boost::asio::post(context_, [self = shared_from_this()] { self->run_commands(); });
}

void Client::Impl::run_commands() {
  std::vector<Command> commands;
  {
    const std::lock_guard lock(commands_mutex_);
    commands.swap(commands_);
  }
  if (is_shut_down_) return;
  for (Command& command : commands) command();
  carry_out();
}

MonotonicTime Client::Impl::now() {
  return {std::chrono::steady_clock::now().time_since_epoch()};
}

void Client::Impl::keep_handler(RequestId id, ReplyHandler handler) {
  if (is_shut_down_) return handler(Reply{id, ErrorCode::Closing, {}, {}});
  handlers_.emplace(static_cast<std::uint64_t>(id), std::move(handler));
}

WatcherId Client::Impl::watcher_id(const Watcher& watcher) {
  // The address names the watcher while the entry holds it alive.
  const auto id = static_cast<std::uint64_t>(std::bit_cast<std::uintptr_t>(watcher.get()));
  watchers_.try_emplace(id, WatcherEntry{watcher, 0});
  return WatcherId{id};
}

void Client::Impl::release_watcher(WatcherId id) {
  const auto entry = watchers_.find(static_cast<std::uint64_t>(id));
  if (entry == watchers_.end()) return;
  if (entry->second.in_flight == 0 && !session_.watches().is_registered(id)) watchers_.erase(entry);
}

void Client::Impl::carry_out() {
  if (is_shut_down_) return;
  // A callback may destroy the client.
  const auto self = shared_from_this();
  Effects done = std::exchange(effects_, {});
  if (done.hang_up && connection_ != nullptr) {
    connection_->abandon();
    connection_.reset();
  }
  if (done.dial) dial(*done.dial);
  if (!done.output.empty() && connection_ != nullptr) connection_->write(done.output);
  if (done.probe) probe(*done.probe);
  if (!done.notices.empty()) publish_info();
  for (const Notice& notice : done.notices) {
    std::visit([this](const auto& what) { deliver(what); }, notice);
    if (is_shut_down_) return;
  }
  arm_timer();
}

std::shared_ptr<const tls::Context> Client::Impl::tls_context() const {
  return tls_ == nullptr ? nullptr : tls_->context();
}

void Client::Impl::dial(const Host& host) {
  connection_ = std::make_shared<Connection>(context_, *this, tls_context());
  connection_->dial(host);
}

void Client::Impl::probe(const Host& host) {
  const auto handler = [weak = weak_from_this(), host](const Result<std::string>& answer) {
    const auto self = weak.lock();
    if (self == nullptr || self->is_shut_down_ || !answer || !answer->starts_with("rw")) return;
    self->session_.on_writable_server_found(host, now(), self->effects_);
    self->carry_out();
  };
  std::make_shared<FourLetterQuery>(context_, tls_context(), handler)
      ->start(host, "isro", kProbeLimit);
}

void Client::Impl::deliver(const Reply& reply) {
  const auto found = handlers_.find(static_cast<std::uint64_t>(reply.id));
  if (found == handlers_.end()) return;
  ReplyHandler handler = std::move(found->second);
  handlers_.erase(found);
  handler(reply);
}

void Client::Impl::deliver(const WatchFired& fired) {
  for (const WatcherId id : fired.watchers) {
    const auto entry = watchers_.find(static_cast<std::uint64_t>(id));
    if (entry == watchers_.end()) continue;
    const Watcher watcher = entry->second.watcher;
    release_watcher(id);
    (*watcher)(fired.event);
    if (is_shut_down_) return;
  }
}

void Client::Impl::deliver(const StateChanged& change) {
  if (on_state_) on_state_(change);
  if (is_alive(change.state)) return;
  for (auto& handler : std::exchange(closing_handlers_, {})) handler(Done{});
}

void Client::Impl::arm_timer() {
  const auto due = session_.deadline();
  if (!due) {
    timer_.cancel();
    timer_due_.reset();
    return;
  }
  // A timer that fires too early only asks again: cheaper than moving it with every request.
  if (timer_due_ && *timer_due_ <= *due) return;
  timer_due_ = due;
  timer_.expires_at(std::chrono::steady_clock::time_point(due->since_origin));
  timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (error || self == nullptr || self->is_shut_down_) return;
    self->timer_due_.reset();
    self->session_.on_time(now(), self->effects_);
    self->carry_out();
  });
}

void Client::Impl::publish_info() {
  const std::lock_guard lock(info_mutex_);
  info_ = {session_.state(),
           session_.credentials(),
           session_.timeout(),
           session_.last_zxid(),
           session_.server()};
}

}  // namespace paddock::client
