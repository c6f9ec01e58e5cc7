// SPDX-License-Identifier: Apache-2.0
//
// What a committed state says of its ensemble: from then on only data of that ensemble, and only
// versions with that feature level, go with it. A value.
#pragma once

#include <cstdint>
#include <string>

namespace paddock::storage {

struct EnsembleMark {
  std::string ensemble_id;  // empty: none yet
  std::uint32_t feature_level = 0;
};

}  // namespace paddock::storage
