// SPDX-License-Identifier: Apache-2.0
//
// Control-C in the interactive shell: it ends what the shell waits for, not the shell. One flag for
// the process, set by the signal; the main thread clears it.
#pragma once

namespace paddock::cli {

/// From now on SIGINT only sets the flag.
void catch_interrupts();
[[nodiscard]] bool is_interrupted();
void forget_interrupt();

}  // namespace paddock::cli
