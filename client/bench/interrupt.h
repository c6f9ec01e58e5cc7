// SPDX-License-Identifier: Apache-2.0
//
// Control-C (or SIGTERM) as something to wait for: while one exists, neither is delivered to this
// thread, nor to threads that it starts meanwhile. Main thread.
#pragma once

#include <csignal>

#include "base/error.h"
#include "base/time.h"
#include "bench/poller.h"

namespace paddock::bench {

class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  /// True as soon as a signal came, now or before; false when the time is over.
  [[nodiscard]] bool wait(Duration timeout);
  /// Whether one came by now.
  [[nodiscard]] bool came() { return wait(Duration::zero()); }

 private:
  sigset_t previous_{};
  bool seen_ = false;
};

/// At least one event of `poller`. Error: none came within `limit`, or `interrupt` (if any) did.
[[nodiscard]] Result<std::span<const epoll_event>> wait_interruptibly(Poller& poller,
                                                                      Duration limit,
                                                                      Interrupt* interrupt);

}  // namespace paddock::bench
