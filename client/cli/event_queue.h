// SPDX-License-Identifier: Apache-2.0
//
// Events on their way from the client's thread to the command line's: any thread puts, the main
// thread takes, waits, or polls the file descriptor together with the keyboard. What is put is
// never lost.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/time.h"
#include "client_session/effects.h"
#include "client_session/types.h"

namespace paddock::cli {

class EventQueue {
 public:
  using Item = std::variant<client::Event, client::StateChanged>;

  EventQueue();
  ~EventQueue();
  EventQueue(const EventQueue&) = delete;
  EventQueue& operator=(const EventQueue&) = delete;

  /// Any thread.
  void put(Item item);

  [[nodiscard]] std::vector<Item> take();
  /// Waits until there is something to take, forever without a `limit`; false if the time ran out
  /// or Control-C came.
  [[nodiscard]] bool wait(std::optional<Duration> limit);
  /// Readable while there is something to take.
  [[nodiscard]] int file_descriptor() const { return event_fd_; }

 private:
  int event_fd_;
  std::mutex mutex_;
  std::vector<Item> items_;
};

}  // namespace paddock::cli
