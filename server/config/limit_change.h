// SPDX-License-Identifier: Apache-2.0
//
// A limit of clients that is changed while the server runs: judged by the same rules as one of the
// file. Pure.
#pragma once

#include <span>
#include <string>
#include <utility>

#include "base/error.h"
#include "config/client_limits.h"

namespace paddock::config {

/// Puts a limit in place of what `limits` has under its name. `lines`: what stands behind
/// paddock.limit.<name>., and its value. *Errors*: as in a file; `limits` is as it was.
[[nodiscard]] Result<> put_limit(const std::string& name,
                                 std::span<const std::pair<std::string, std::string>> lines,
                                 ClientLimitMap& limits);

/// As `match` has it.
[[nodiscard]] std::string match_text(const ClientLimit& limit);

}  // namespace paddock::config
