// SPDX-License-Identifier: Apache-2.0
//
// How much the files of a directory take.
#pragma once

#include <cstdint>
#include <string>

namespace paddock::runtime {

/// Of all files in it and below; of those that come or go meanwhile, perhaps.
[[nodiscard]] std::int64_t directory_bytes(const std::string& path);

}  // namespace paddock::runtime
