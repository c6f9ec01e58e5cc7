// SPDX-License-Identifier: Apache-2.0
#include "client_cli/interruption.h"

#include <csignal>

namespace paddock::cli {

namespace {
volatile std::sig_atomic_t was_interrupted = 0;
}  // namespace

void catch_interrupts() {
  struct sigaction action{};
  action.sa_handler = [](int) {
    was_interrupted = 1;
  };
  sigaction(SIGINT, &action, nullptr);
}

bool is_interrupted() {
  return was_interrupted != 0;
}

void forget_interrupt() {
  was_interrupted = 0;
}

}  // namespace paddock::cli
