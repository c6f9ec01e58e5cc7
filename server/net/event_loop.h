// SPDX-License-Identifier: Apache-2.0
//
// One thread's loop over level-triggered epoll. A turn is: wait, tell every ready descriptor's
// handler, run what other threads posted, then tell the owner that the turn ends, which is where
// answers are sent and batches handed over, once for everything that was ready. One system call per
// turn besides the reads and writes themselves; that, against two more per socket with Asio, is why
// the loop is our own.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "base/error.h"
#include "base/histogram.h"
#include "base/time.h"
#include "net/fd.h"

namespace paddock::net {

class EventHandler {
 public:
  virtual ~EventHandler() = default;
  /// Called on the loop's thread. `events`: EPOLLIN, EPOLLOUT, EPOLLERR, EPOLLHUP.
  virtual void on_events(std::uint32_t events) = 0;
};

/// Both clocks of this machine.
[[nodiscard]] Now read_clocks();
/// The one that never goes back, alone.
[[nodiscard]] MonotonicTime read_monotonic();

class EventLoop {
 public:
  [[nodiscard]] static Result<std::unique_ptr<EventLoop>> create();

  // --- The loop's thread.

  /// Watches `fd` until remove(); the handler must outlive that.
  [[nodiscard]] Result<> add(int fd, std::uint32_t events, EventHandler& handler);
  void modify(int fd, std::uint32_t events, EventHandler& handler);
  /// Also forgets what this turn still had to say about it.
  void remove(int fd, const EventHandler& handler);
  /// remove() for a descriptor that is closed right behind: the system then stops by itself.
  void forget(const EventHandler& handler);
  /// Runs turns until stop(). `on_turn_end` is called once a turn and returns when it wants to be
  /// called again at the latest.
  void run(const std::function<MonotonicTime()>& on_turn_end);
  /// The time at which this turn began.
  [[nodiscard]] Now now() const { return now_; }

  // --- Any thread.

  /// Makes the loop take a turn.
  void wake();
  /// Runs `task` on the loop's thread in its next turn. Once the loop has ended it is destroyed
  /// instead.
  void post(std::function<void()> task);
  void stop();
  /// How long turns took, from the first event to the end.
  [[nodiscard]] const Histogram& turn_times() const { return turn_times_; }

 private:
  EventLoop(Fd epoll, Fd wakeup)
      : epoll_(std::move(epoll)), wakeup_(std::move(wakeup)), now_(read_clocks()) {}
  void drain_wakeup();
  void run_posted();
  void drop_posted();

  Fd epoll_;
  Fd wakeup_;
  Now now_;
  Histogram turn_times_;
  std::vector<EventHandler*> ready_;  // of this turn; null for the wakeup, and once removed
  std::atomic<bool> awake_{false};
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::vector<std::function<void()>> posted_;
  bool ended_ = false;
};

}  // namespace paddock::net
