// SPDX-License-Identifier: Apache-2.0
//
// The blanks around what people type.
#pragma once

#include "base/bytes.h"

namespace paddock::client {

/// Without the blanks and line ends around it.
[[nodiscard]] inline View trimmed(View text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == View::npos) return kEmpty;
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

}  // namespace paddock::client
