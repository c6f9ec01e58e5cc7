// SPDX-License-Identifier: Apache-2.0
#include "model/product_version.h"

#include <array>
#include <charconv>

#include <fmt/format.h>

namespace paddock::model {

Result<ProductVersion> parse_product_version(std::string_view text) {
  std::array<std::int32_t, 3> parts{};
  const char* at = text.data();
  const char* const end = at + text.size();
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const bool is_separated = i == 0 || (at != end && *at++ == '.');
    const auto [stopped, error] = std::from_chars(at, end, parts[i]);
    if (!is_separated || error != std::errc{} || parts[i] < 0) {
      return fail(fmt::format("'{}' is not a version: write three numbers, as 1.4.0", text));
    }
    at = stopped;
  }
  if (at != end) {
    return fail(fmt::format("'{}' is not a version: write three numbers, as 1.4.0", text));
  }
  return ProductVersion{.major = parts[0], .minor = parts[1], .patch = parts[2]};
}

std::string to_text(ProductVersion version) {
  return fmt::format("{}.{}.{}", version.major, version.minor, version.patch);
}

}  // namespace paddock::model
