// SPDX-License-Identifier: Apache-2.0
//
// Small text functions that the configuration's parsers share. ASCII only: keys and typed values
// are, and whatever else a value holds passes through as bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/lower.h"

namespace paddock::config {

[[nodiscard]] std::string_view trimmed(std::string_view text);

/// The parts between separators, each trimmed; an empty text is one empty part.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);

/// The words between any of `separators`, empty ones left out.
[[nodiscard]] std::vector<std::string_view> words(std::string_view text,
                                                  std::string_view separators);

/// A whole number as Java reads it: an optional sign, then decimal digits or 0x and hexadecimal
/// ones. Nothing when the text is anything else or the number doesn't fit.
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text);

/// Insertions, deletions, substitutions and swaps of neighbours between two short names.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace paddock::config
