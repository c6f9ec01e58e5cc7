// SPDX-License-Identifier: Apache-2.0
//
// How many are a majority. The operator's ensembles have no weights and no groups.
#pragma once

#include <cstddef>

namespace paddock::model {

[[nodiscard]] constexpr std::size_t majority_of(std::size_t voters) {
  return voters / 2 + 1;
}

[[nodiscard]] constexpr bool is_majority(std::size_t some, std::size_t voters) {
  return some >= majority_of(voters);
}

/// How many voters may be gone without anybody noticing.
[[nodiscard]] constexpr std::size_t spare_of(std::size_t voters) {
  return voters - majority_of(voters);
}

}  // namespace paddock::model
