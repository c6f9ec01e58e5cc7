// SPDX-License-Identifier: Apache-2.0
//
// A question to a loop's thread: runs there between two turns, answered here, or not in time. The
// answer is owned by both sides, so that a late one hurts nobody.
#pragma once

#include <future>
#include <memory>
#include <optional>
#include <utility>

#include "base/time.h"
#include "net/event_loop.h"

namespace paddock::runtime {

inline constexpr milliseconds kAskTimeout{2000};

/// `question` is called on `loop`'s thread; whatever it refers to must outlive the loop. Not to be
/// called on that thread.
template <class Question>
[[nodiscard]] auto ask(net::EventLoop& loop, Question question)
    -> std::optional<decltype(question())> {
  auto promise = std::make_shared<std::promise<decltype(question())>>();
  auto future = promise->get_future();
  loop.post([promise, question = std::move(question)] { promise->set_value(question()); });
  if (future.wait_for(kAskTimeout) != std::future_status::ready) return std::nullopt;
  return future.get();
}

}  // namespace paddock::runtime
