// SPDX-License-Identifier: Apache-2.0
//
// Borrowed bytes, and big- and little-endian loads and stores of unaligned integers.
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace paddock {

/// Bytes that someone else owns, valid for the call. A view whose data() is nullptr is *null*,
/// which the client protocol tells apart from empty.
using View = std::string_view;

[[nodiscard]] constexpr bool is_null(View view) {
  return view.data() == nullptr;
}

/// The empty view that is not null.
inline constexpr View kEmpty{"", 0};

template <std::integral T>
[[nodiscard]] T load_be(const char* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  if constexpr (sizeof(T) > 1 && std::endian::native == std::endian::little) {
    value = std::byteswap(value);
  }
  return value;
}

template <std::integral T>
void store_be(char* to, T value) {
  if constexpr (sizeof(T) > 1 && std::endian::native == std::endian::little) {
    value = std::byteswap(value);
  }
  std::memcpy(to, &value, sizeof value);
}

template <std::integral T>
[[nodiscard]] T load_le(const char* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  if constexpr (sizeof(T) > 1 && std::endian::native == std::endian::big) {
    value = std::byteswap(value);
  }
  return value;
}

template <std::integral T>
void store_le(char* to, T value) {
  if constexpr (sizeof(T) > 1 && std::endian::native == std::endian::big) {
    value = std::byteswap(value);
  }
  std::memcpy(to, &value, sizeof value);
}

}  // namespace paddock
