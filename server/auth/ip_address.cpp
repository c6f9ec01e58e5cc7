// SPDX-License-Identifier: Apache-2.0
#include "auth/ip_address.h"

#include <array>
#include <cstddef>
#include <optional>

namespace paddock::auth {

namespace {

constexpr std::size_t kV4Bytes = 4;
constexpr std::size_t kV6Bytes = 16;
constexpr std::size_t kGroupBytes = 2;
constexpr std::size_t kGroupDigitsMax = 4;

struct Address {
  std::array<unsigned char, kV6Bytes> bytes{};
  std::size_t size = 0;
};

struct Range {
  Address address;
  std::size_t bits = 0;
};

/// A decimal number of at most `max`; leading zeros are fine.
std::optional<unsigned> parse_decimal(View text, unsigned max) {
  if (text.empty()) return std::nullopt;
  unsigned value = 0;
  for (const char digit : text) {
    if (digit < '0' || digit > '9') return std::nullopt;
    value = value * 10 + static_cast<unsigned>(digit - '0');
    if (value > max) return std::nullopt;
  }
  return value;
}

std::optional<unsigned> hex_digit(char digit) {
  if (digit >= '0' && digit <= '9') return static_cast<unsigned>(digit - '0');
  if (digit >= 'a' && digit <= 'f') return static_cast<unsigned>(digit - 'a') + 10;
  if (digit >= 'A' && digit <= 'F') return static_cast<unsigned>(digit - 'A') + 10;
  return std::nullopt;
}

std::optional<unsigned> parse_group(View text) {
  if (text.empty() || text.size() > kGroupDigitsMax) return std::nullopt;
  unsigned value = 0;
  for (const char character : text) {
    const auto digit = hex_digit(character);
    if (!digit) return std::nullopt;
    value = value * 16 + *digit;
  }
  return value;
}

/// Cuts `text` at the next `separator`: returns what is before it and leaves what is behind it.
/// Without a separator everything is returned and `more` becomes false.
View cut(View& text, char separator, bool& more) {
  const std::size_t at = text.find(separator);
  more = at != View::npos;
  const View head = text.substr(0, at);
  text = more ? text.substr(at + 1) : View{};
  return head;
}

std::optional<Address> parse_v4(View text) {
  Address address;
  bool more = true;
  while (more) {
    if (address.size == kV4Bytes) return std::nullopt;
    const auto part = parse_decimal(cut(text, '.', more), 255);
    if (!part) return std::nullopt;
    address.bytes[address.size++] = static_cast<unsigned char>(*part);
  }
  if (address.size != kV4Bytes) return std::nullopt;
  return address;
}

/// The groups of one side of "::" (or of a whole address), appended. An empty text is no group.
bool parse_groups(View text, Address& into) {
  bool more = !text.empty();
  while (more) {
    const auto group = parse_group(cut(text, ':', more));
    if (!group || into.size + kGroupBytes > kV6Bytes) return false;
    into.bytes[into.size++] = static_cast<unsigned char>(*group >> 8U);
    into.bytes[into.size++] = static_cast<unsigned char>(*group & 0xffU);
  }
  return true;
}

std::optional<Address> parse_v6(View text) {
  Address front;
  const std::size_t gap = text.find("::");
  if (gap == View::npos) {
    if (!parse_groups(text, front) || front.size != kV6Bytes) return std::nullopt;
    return front;
  }
  Address back;
  if (!parse_groups(text.substr(0, gap), front)) return std::nullopt;
  if (!parse_groups(text.substr(gap + 2), back)) return std::nullopt;
  if (front.size + back.size >= kV6Bytes) return std::nullopt;
  for (std::size_t i = 0; i < back.size; ++i) {
    front.bytes[kV6Bytes - back.size + i] = back.bytes[i];
  }
  front.size = kV6Bytes;
  return front;
}

std::optional<Address> parse_address(View text) {
  if (text.find(':') != View::npos) return parse_v6(text);
  return parse_v4(text);
}

std::optional<Range> parse_range(View text) {
  const std::size_t slash = text.find('/');
  const auto address = parse_address(text.substr(0, slash));
  if (!address) return std::nullopt;
  const std::size_t bits_max = address->size * 8;
  if (slash == View::npos) return Range{*address, bits_max};
  const auto bits = parse_decimal(text.substr(slash + 1), static_cast<unsigned>(bits_max));
  if (!bits) return std::nullopt;
  return Range{*address, *bits};
}

}  // namespace

bool is_ip_range(View text) {
  return parse_range(text).has_value();
}

bool is_ip_in_range(View address, View range) {
  const auto wanted = parse_range(range);
  const auto given = parse_address(address);
  if (!wanted || !given || wanted->address.size != given->size) return false;
  const std::size_t whole = wanted->bits / 8;
  for (std::size_t i = 0; i < whole; ++i) {
    if (wanted->address.bytes[i] != given->bytes[i]) return false;
  }
  const std::size_t rest = wanted->bits % 8;
  if (rest == 0) return true;
  const unsigned difference = unsigned{wanted->address.bytes[whole]} ^ given->bytes[whole];
  return difference >> (8 - rest) == 0;
}

}  // namespace paddock::auth
