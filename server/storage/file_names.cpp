// SPDX-License-Identifier: Apache-2.0
#include "storage/file_names.h"

#include <charconv>

#include <fmt/format.h>

namespace paddock::storage {

std::string numbered_name(std::string_view prefix, std::uint64_t number) {
  return fmt::format("{}{:016x}", prefix, number);
}

std::optional<std::uint64_t> number_of(std::string_view name, std::string_view prefix) {
  if (!name.starts_with(prefix)) return std::nullopt;
  const std::string_view digits = name.substr(prefix.size());
  std::uint64_t number = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  // Only the one spelling counts, so that no two names mean the same number.
  return numbered_name(prefix, number) == name ? std::optional(number) : std::nullopt;
}

}  // namespace paddock::storage
