// SPDX-License-Identifier: Apache-2.0
//
// A question to a loop's thread: runs there between two turns, answered here, or not in time, or
// not at all because the loop has ended. The answer is owned by both sides, so that a late one
// hurts nobody.
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
  // The task is the promise's only owner: if the loop drops it, the wait is over.
  loop.post([promise = std::move(promise), question = std::move(question)] {
    promise->set_value(question());
  });
  if (future.wait_for(kAskTimeout) != std::future_status::ready) return std::nullopt;
  try {
    return future.get();
  } catch (const std::future_error&) {
    return std::nullopt;
  }
}

}  // namespace paddock::runtime
