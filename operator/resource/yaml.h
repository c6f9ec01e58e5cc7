// SPDX-License-Identifier: Apache-2.0
//
// JSON as YAML for people: blocks, texts of several lines as such, quotes where YAML would read
// something else than a text. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "kube/object.h"

namespace paddock::resource {

namespace json = boost::json;

/// One document, with a newline at its end.
[[nodiscard]] std::string to_yaml(const json::value& value);
/// The first document. *Errors*: what is wrong with it.
[[nodiscard]] Result<json::value> parse_yaml(const std::string& text);

}  // namespace paddock::resource
