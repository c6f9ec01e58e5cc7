// SPDX-License-Identifier: Apache-2.0
//
// Members of the JSON objects that tokens and key sets are made of.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

namespace paddock::jwt {

/// The text of a member; nothing if it is not there, or no text.
[[nodiscard]] inline std::optional<std::string> text_of(const boost::json::object& from,
                                                        std::string_view name) {
  const boost::json::value* const value = from.if_contains(name);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return std::string(value->get_string());
}

}  // namespace paddock::jwt
