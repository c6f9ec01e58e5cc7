// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"

#include <system_error>

namespace paddock {

std::string errno_text(int code) {
  return std::generic_category().message(code);
}

}  // namespace paddock
