// SPDX-License-Identifier: Apache-2.0
//
// A line of the operator's log: what happened, and about what, as JSON or for people. Pure.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "base/time.h"

namespace paddock::manager {

using Fields = std::initializer_list<std::pair<std::string_view, std::string_view>>;

/// {"ts":"…","level":"info","msg":"…","ensemble":"ns/name"}; fields that are empty are left out.
[[nodiscard]] std::string json_line(WallTime at,
                                    std::string_view level,
                                    std::string_view message,
                                    Fields fields);
/// 2026-11-28T03:00:00.000Z INFO message ensemble=ns/name
[[nodiscard]] std::string text_line(WallTime at,
                                    std::string_view level,
                                    std::string_view message,
                                    Fields fields);

}  // namespace paddock::manager
