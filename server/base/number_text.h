// SPDX-License-Identifier: Apache-2.0
//
// Numbers and bytes as people write ids, versions and sums: hexadecimal, with 0x in front of it or
// without.
#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/ids.h"

namespace paddock {

/// What all of `text` is; none: it is no such number, or too large for it.
template <std::integral Number = std::uint64_t>
[[nodiscard]] std::optional<Number> parse_number(View text, int base = 10) {
  Number value = 0;
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || at != text.data() + text.size()) return std::nullopt;
  return value;
}

[[nodiscard]] inline std::optional<std::uint64_t> parse_hex(View text) {
  if (text.starts_with("0x")) text.remove_prefix(2);
  return parse_number(text, 16);
}

/// In decimal, or behind 0x in hexadecimal.
[[nodiscard]] inline std::optional<Zxid> parse_zxid(View text) {
  const auto value = text.starts_with("0x") ? parse_hex(text) : parse_number(text, 10);
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  if (!value || *value > kMost) return std::nullopt;
  return Zxid{static_cast<std::int64_t>(*value)};
}

/// Two lower-case digits a byte.
[[nodiscard]] inline std::string to_hex(View bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char byte : bytes) {
    const auto octet = static_cast<unsigned char>(byte);
    text += kDigits[octet >> 4U];
    text += kDigits[octet & 15U];
  }
  return text;
}

}  // namespace paddock
