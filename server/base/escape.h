// SPDX-License-Identifier: Apache-2.0
//
// Text that may quote what clients sent, made fit to be shown: it must neither break a line of the
// log nor a JSON document nor speak to a terminal. Pure.
#pragma once

#include <string>
#include <string_view>

namespace paddock {

/// For a line of text: control characters and bytes that are no UTF-8 become \xNN.
[[nodiscard]] std::string printable(std::string_view message);

/// For the inside of a JSON string: escaped, and bytes that are no UTF-8 become U+FFFD.
[[nodiscard]] std::string json_escaped(std::string_view message);

}  // namespace paddock
