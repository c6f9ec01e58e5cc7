// SPDX-License-Identifier: Apache-2.0
//
// A small file as bytes, for whoever looks again and again whether it has changed.
#pragma once

#include <string>

#include "base/error.h"

namespace paddock::net {

/// *Errors*: it cannot be read, or is larger than 16 MiB, which was not meant; with its name.
[[nodiscard]] Result<std::string> read_file(const std::string& name);

}  // namespace paddock::net
