// SPDX-License-Identifier: Apache-2.0
//
// A system call that failed, as an error with its errno.
#pragma once

#include <cerrno>
#include <string>

#include "base/error.h"

namespace paddock::bench {

[[nodiscard]] inline std::unexpected<Error> failed(const std::string& what) {
  return fail(what + ": " + errno_text(errno));
}

}  // namespace paddock::bench
