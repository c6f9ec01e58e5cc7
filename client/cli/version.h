// SPDX-License-Identifier: Apache-2.0
//
// The version of this build, as the build system knows it.
#pragma once

#include <string_view>

namespace paddock::cli {

extern const std::string_view kVersion;

}  // namespace paddock::cli
