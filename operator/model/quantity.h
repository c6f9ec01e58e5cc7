// SPDX-License-Identifier: Apache-2.0
//
// Sizes as Kubernetes writes them: "20Gi", "500M", "1.5Ti". Of its quantities only those that are
// whole bytes; a value.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace paddock::model {

struct ByteQuantity {
  std::int64_t bytes = 0;

  friend constexpr auto operator<=>(ByteQuantity, ByteQuantity) = default;
};

/// *Errors*: a sentence that says what a size looks like. Fractions of a byte are rounded up, as
/// Kubernetes does.
[[nodiscard]] Result<ByteQuantity> parse_bytes(std::string_view text);

/// With the largest binary suffix that leaves a whole number.
[[nodiscard]] std::string to_text(ByteQuantity quantity);

}  // namespace paddock::model
