// SPDX-License-Identifier: Apache-2.0
//
// Base64 as texts carry it. Pure.
#pragma once

#include <string>

#include "base/bytes.h"

namespace paddock::auth {

[[nodiscard]] std::string to_base64(View bytes);
/// The bytes that `text` stands for; empty if it is malformed.
[[nodiscard]] std::string from_base64(View text);

}  // namespace paddock::auth
