// SPDX-License-Identifier: Apache-2.0
//
// Posts events about objects: an EventRecorder with its requests. Nothing waits for it, and nothing
// fails because an event could not be told. Lives on the loop's thread.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "kube/api.h"
#include "kube/event_recorder.h"
#include "kube/loop.h"

namespace paddock::kube {

class EventSink {
 public:
  /// `api` and `loop` outlive it. `on_failed` must not destroy it.
  EventSink(Api& api,
            Loop& loop,
            RecorderOptions options,
            std::function<void(const ApiError&)> on_failed);

  void record(News news);
  /// Something has not been answered yet.
  [[nodiscard]] bool is_sending() const { return is_sending_; }

 private:
  void send(std::vector<Request> requests);
  void send_next();
  void on_reply(const Reply& reply);
  void on_time();

  Api& api_;
  Loop& loop_;
  EventRecorder recorder_;
  std::function<void(const ApiError&)> on_failed_;
  std::unique_ptr<Timer> timer_;
  std::deque<Request> waiting_;  // one after the other, so that none overtakes its own creation
  std::unique_ptr<Pending> pending_;
  bool is_sending_ = false;
};

}  // namespace paddock::kube
