// SPDX-License-Identifier: Apache-2.0
//
// Points in time as the API writes them. Pure. Source: RFC 3339; meta/v1 Time and MicroTime.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace paddock::kube {

/// "2026-11-27T08:15:30.123000Z"; of years up to 9999.
[[nodiscard]] std::string micro_time(WallTime at);
/// "2026-11-27T08:15:30Z".
[[nodiscard]] std::string time_text(WallTime at);
/// With any zone and any fraction of a second.
[[nodiscard]] std::optional<WallTime> parse_time(std::string_view text);

}  // namespace paddock::kube
