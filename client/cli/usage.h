// SPDX-License-Identifier: Apache-2.0
//
// What is wrong with a command line, in words that help to mend it. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "client_cli/failure.h"

namespace paddock::cli {

/// The one of `names` that `word` was probably meant to be.
[[nodiscard]] std::optional<std::string_view> nearest(View word,
                                                      std::span<const std::string_view> names);

/// There is no command `name`.
[[nodiscard]] Failure unknown_command(View name, std::span<const std::string_view> names);

/// `app` did not take its arguments because of `error`; `usage` shows how they should be.
[[nodiscard]] Failure wrong_usage(const CLI::App& app,
                                  const CLI::ParseError& error,
                                  const std::string& usage);

}  // namespace paddock::cli
