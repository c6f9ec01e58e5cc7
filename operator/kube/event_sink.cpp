// SPDX-License-Identifier: Apache-2.0
#include "kube/event_sink.h"

namespace paddock::kube {

namespace {

// While the API server is away, the newest news count least: they will be said again.
constexpr std::size_t kWaitingMax = 256;

}  // namespace

EventSink::EventSink(Api& api,
                     Loop& loop,
                     RecorderOptions options,
                     std::function<void(const ApiError&)> on_failed)
    : api_(api),
      loop_(loop),
      recorder_(std::move(options)),
      on_failed_(std::move(on_failed)),
      timer_(loop.make_timer([this] { on_time(); })) {}

void EventSink::record(News news) {
  std::vector<Request> requests;
  recorder_.record(std::move(news), loop_.now(), requests);
  send(std::move(requests));
}

void EventSink::send(std::vector<Request> requests) {
  for (Request& request : requests) {
    if (waiting_.size() < kWaitingMax) waiting_.push_back(std::move(request));
  }
  timer_->set(recorder_.wake_at());
  if (!is_sending_) send_next();
}

void EventSink::send_next() {
  is_sending_ = !waiting_.empty();
  if (!is_sending_) return;
  Request request = std::move(waiting_.front());
  waiting_.pop_front();
  pending_ = api_.call(std::move(request), [this](const Reply& reply) { on_reply(reply); });
}

void EventSink::on_reply(const Reply& reply) {
  if (!reply) on_failed_(reply.error());
  send_next();
}

void EventSink::on_time() {
  std::vector<Request> requests;
  recorder_.on_time(loop_.now(), requests);
  send(std::move(requests));
}

}  // namespace paddock::kube
