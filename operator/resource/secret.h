// SPDX-License-Identifier: Apache-2.0
//
// What is in a Secret: base64 on the wire. Pure.
#pragma once

#include <string>
#include <string_view>

#include "kube/object.h"

namespace paddock::resource {

namespace json = boost::json;

/// As an entry of `data`.
[[nodiscard]] std::string secret_entry(const std::string& bytes);
/// The bytes of an entry; empty if there is none.
[[nodiscard]] std::string secret_entry_of(const json::value& secret, std::string_view name);

}  // namespace paddock::resource
