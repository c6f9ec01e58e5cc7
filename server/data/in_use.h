// SPDX-License-Identifier: Apache-2.0
//
// Whether a server uses a data directory now. Asks the system, and writes nothing.
#pragma once

#include <string>

namespace paddock::data {

/// `home` is the directory `paddock` in a dataDir.
[[nodiscard]] bool is_in_use(const std::string& home);

}  // namespace paddock::data
