// SPDX-License-Identifier: Apache-2.0
//
// Transactions that change who decides, as the protocol must see them before they are applied.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "base/ids.h"
#include "zab/membership.h"

namespace paddock::replica {

/// What the encoded transaction does to the configuration; nothing for almost all. Looks at the
/// outermost fields only. `payload` is a transaction of this or a newer version.
[[nodiscard]] std::optional<zab::ConfigurationStep> configuration_step_of(Zxid zxid, View payload);

}  // namespace paddock::replica
