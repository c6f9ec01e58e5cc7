// SPDX-License-Identifier: Apache-2.0
//
// Control-C as something to wait for: while one exists, SIGINT is not delivered to this thread, nor
// to threads that it starts meanwhile. Main thread.
#pragma once

#include <csignal>

#include "base/time.h"

namespace paddock::bench {

class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  /// True as soon as SIGINT came, now or before; false when the time is over.
  [[nodiscard]] bool wait(Duration timeout);

 private:
  sigset_t previous_{};
  bool seen_ = false;
};

}  // namespace paddock::bench
