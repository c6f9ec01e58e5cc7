// SPDX-License-Identifier: Apache-2.0
//
// How many pods others may take away. Of this module alone. Pure.
#pragma once

#include "objects/build.h"

namespace paddock::objects {

[[nodiscard]] json::object observers_budget(const Site& site);

}  // namespace paddock::objects
