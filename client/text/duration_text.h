// SPDX-License-Identifier: Apache-2.0
//
// Times as people type them: "5", "5s", "500ms", "2m".
#pragma once

#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"

namespace paddock::client {

/// A number without a unit is seconds. Error: not a number above zero, or an unknown unit.
[[nodiscard]] Result<Duration> parse_duration(View text);

}  // namespace paddock::client
