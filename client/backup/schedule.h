// SPDX-License-Identifier: Apache-2.0
//
// Does something again and again until the process is told to end.
#pragma once

#include <functional>

#include "base/error.h"
#include "base/time.h"

namespace paddock::backup {

/// Runs `once` at once and then `every` so often; returns after SIGINT or SIGTERM, when what is
/// running then is done.
[[nodiscard]] Result<> repeat(milliseconds every, const std::function<void()>& once);

}  // namespace paddock::backup
