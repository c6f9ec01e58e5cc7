// SPDX-License-Identifier: Apache-2.0
#include "base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace paddock {

void assertion_failed(const char* expression, const char* file, int line) noexcept {
  // Nothing is left to do if this fails too.
  static_cast<void>(std::fprintf(stderr, "assertion failed: %s (%s:%d)\n", expression, file, line));
  static_cast<void>(std::fflush(stderr));
  std::abort();
}

}  // namespace paddock
