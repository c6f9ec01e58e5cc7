// SPDX-License-Identifier: Apache-2.0
#include "jwt/base64url.h"

#include <cstdint>

namespace paddock::jwt {

namespace {

constexpr View kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr unsigned kBitsPerLetter = 6;

}  // namespace

std::optional<std::string> decode_base64url(View text) {
  std::string bytes;
  bytes.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char letter : text) {
    const std::size_t value = kLetters.find(letter);
    if (value == View::npos) return std::nullopt;
    bits = (bits << kBitsPerLetter) | static_cast<std::uint32_t>(value);
    count += kBitsPerLetter;
    if (count < 8) continue;
    count -= 8;
    bytes.push_back(static_cast<char>((bits >> count) & 0xffU));
    bits &= (1U << count) - 1;
  }
  if (count >= kBitsPerLetter || bits != 0) return std::nullopt;
  return bytes;
}

}  // namespace paddock::jwt
