// SPDX-License-Identifier: Apache-2.0
//
// Base64 for URLs, as tokens and keys are written. Pure. Source: RFC 4648 section 5, RFC 7515
// section 2.
#pragma once

#include <optional>
#include <string>

#include "base/bytes.h"

namespace paddock::jwt {

/// Nothing if `text` is not exactly what an encoder makes of some bytes: other letters, padding, or
/// bits that are left over.
[[nodiscard]] std::optional<std::string> decode_base64url(View text);

}  // namespace paddock::jwt
