// SPDX-License-Identifier: Apache-2.0
//
// The permissions of an ACL as letters: "cdrwa", or a part of it.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "base/bytes.h"

namespace paddock::jute {

/// In this order.
[[nodiscard]] std::string permission_letters(std::int32_t perms);
/// In any order. *Errors*: a letter that is none of them.
[[nodiscard]] std::expected<std::int32_t, char> parse_permissions(View letters);

}  // namespace paddock::jute
