// SPDX-License-Identifier: Apache-2.0
//
// Whole files as bytes, for commands that take data or lists from one.
#pragma once

#include <string>

#include "base/error.h"

namespace paddock::cli {

/// "-" is standard input. Error: it cannot be read.
[[nodiscard]] Result<std::string> read_file(const std::string& name);

}  // namespace paddock::cli
