// SPDX-License-Identifier: Apache-2.0
#include "model/quantity.h"

#include <array>
#include <limits>
#include <utility>

#include <fmt/format.h>

namespace paddock::model {
namespace {

constexpr std::array<std::pair<std::string_view, std::int64_t>, 11> kSuffixes{{
    {"Ki", 1LL << 10},
    {"Mi", 1LL << 20},
    {"Gi", 1LL << 30},
    {"Ti", 1LL << 40},
    {"Pi", 1LL << 50},
    {"k", 1'000},
    {"M", 1'000'000},
    {"G", 1'000'000'000},
    {"T", 1'000'000'000'000},
    {"P", 1'000'000'000'000'000},
    {"", 1},
}};

std::unexpected<Error> no_size(std::string_view text) {
  return fail(fmt::format("'{}' is not a size: write a number and Mi, Gi or Ti, as 20Gi", text));
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Takes the digits in front; false if they are too many for the type.
bool take_digits(std::string_view& text, std::int64_t& number, std::int64_t& scale) {
  while (!text.empty() && is_digit(text.front())) {
    if (number > (std::numeric_limits<std::int64_t>::max() - 9) / 10) return false;
    number = number * 10 + (text.front() - '0');
    scale *= 10;
    text.remove_prefix(1);
  }
  return true;
}

}  // namespace

Result<ByteQuantity> parse_bytes(std::string_view text) {
  std::string_view rest = text;
  std::int64_t number = 0;
  std::int64_t scale = 1;
  const bool begins_well = !rest.empty() && is_digit(rest.front());
  if (!begins_well || !take_digits(rest, number, scale)) return no_size(text);
  scale = 1;
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    if (!take_digits(rest, number, scale)) return no_size(text);
  }
  for (const auto& [suffix, unit] : kSuffixes) {
    if (rest != suffix) continue;
    __extension__ using Wide = __int128;
    const Wide bytes = (Wide{number} * unit + scale - 1) / scale;
    if (bytes > std::numeric_limits<std::int64_t>::max()) return no_size(text);
    return ByteQuantity{static_cast<std::int64_t>(bytes)};
  }
  return no_size(text);
}

std::string to_text(ByteQuantity quantity) {
  for (std::size_t i = 5; i-- > 0;) {
    const auto& [suffix, unit] = kSuffixes[i];
    if (quantity.bytes != 0 && quantity.bytes % unit == 0) {
      return fmt::format("{}{}", quantity.bytes / unit, suffix);
    }
  }
  return fmt::format("{}", quantity.bytes);
}

}  // namespace paddock::model
