// SPDX-License-Identifier: Apache-2.0
//
// SASL for clients as the configuration wants it: reads the JAAS file at the start.
#pragma once

#include <memory>

#include "auth/sasl.h"
#include "base/error.h"
#include "config/server_config.h"

namespace paddock::runtime {

/// Null if nobody asks for it. *Errors*: what is missing or wrong, and what to do.
[[nodiscard]] Result<std::shared_ptr<const auth::SaslServer>> open_sasl(
    const config::AuthConfig& config);

}  // namespace paddock::runtime
