// SPDX-License-Identifier: Apache-2.0
//
// File names that end in a number of 16 hexadecimal digits, so that they sort by it: `segment.`,
// `retired.`, `snapshot.`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace paddock::storage {

[[nodiscard]] std::string numbered_name(std::string_view prefix, std::uint64_t number);

/// The number of a name that numbered_name() made with this prefix.
[[nodiscard]] std::optional<std::uint64_t> number_of(std::string_view name,
                                                     std::string_view prefix);

}  // namespace paddock::storage
