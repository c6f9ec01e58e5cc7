// SPDX-License-Identifier: Apache-2.0
//
// What is wrong with a command line, in words that help to mend it. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "arguments/arguments.h"
#include "client_cli/failure.h"

namespace paddock::cli {

/// The one of `names` that `word` was probably meant to be.
[[nodiscard]] std::optional<std::string_view> nearest(View word,
                                                      std::span<const std::string_view> names);

/// There is no command `name`.
[[nodiscard]] Failure unknown_command(View name, std::span<const std::string_view> names);

/// The arguments of a command were not taken because of `stopped`; `usage` shows how they should
/// be.
[[nodiscard]] Failure wrong_usage(const arguments::Stopped& stopped, const std::string& usage);

}  // namespace paddock::cli
