// SPDX-License-Identifier: Apache-2.0
//
// The version of a server build, "1.4.0", and the catalogue of those that this operator knows:
// which feature level each can run at. Values.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/error.h"

namespace paddock::model {

struct ProductVersion {
  std::int32_t major = 0;
  std::int32_t minor = 0;
  std::int32_t patch = 0;

  friend constexpr auto operator<=>(ProductVersion, ProductVersion) = default;
};

/// *Errors*: a sentence that says what a version looks like.
[[nodiscard]] Result<ProductVersion> parse_product_version(std::string_view text);
[[nodiscard]] std::string to_text(ProductVersion version);

/// The highest feature level of each release. A server refuses the data of an ensemble whose level
/// is above its own, so who goes back below it would go nowhere.
using ReleaseCatalog = std::map<ProductVersion, std::uint32_t>;

}  // namespace paddock::model
