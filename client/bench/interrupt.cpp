// SPDX-License-Identifier: Apache-2.0
#include "bench/interrupt.h"

#include <ctime>

#include <pthread.h>

namespace paddock::bench {

namespace {

sigset_t only_sigint() {
  sigset_t set{};
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  return set;
}

}  // namespace

Interrupt::Interrupt() {
  const sigset_t set = only_sigint();
  pthread_sigmask(SIG_BLOCK, &set, &previous_);
}

Interrupt::~Interrupt() {
  pthread_sigmask(SIG_SETMASK, &previous_, nullptr);
}

bool Interrupt::wait(Duration timeout) {
  if (seen_) return true;
  const sigset_t set = only_sigint();
  const timespec limit{.tv_sec = timeout / seconds{1}, .tv_nsec = (timeout % seconds{1}).count()};
  seen_ = sigtimedwait(&set, nullptr, &limit) == SIGINT;
  return seen_;
}

}  // namespace paddock::bench
