// SPDX-License-Identifier: Apache-2.0
//
// Letters of ASCII in lower case; whatever else there is stays as it is.
#pragma once

#include <string>
#include <string_view>

namespace paddock {

[[nodiscard]] constexpr char lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

[[nodiscard]] inline std::string lower(std::string_view text) {
  std::string found(text);
  for (char& letter : found) letter = lower(letter);
  return found;
}

}  // namespace paddock
