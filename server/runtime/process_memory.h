// SPDX-License-Identifier: Apache-2.0
//
// What memory this process has and may have.
#pragma once

#include <cstdint>
#include <string>

#include "config/server_config.h"

namespace paddock::runtime {

/// Bytes that are resident.
[[nodiscard]] std::int64_t resident_bytes();

/// The machine's memory, or less if the process's control group (version 1 or 2) may not have all
/// of it. `root`: where the system's files are.
[[nodiscard]] std::int64_t memory_for_process(const std::string& root = "/");

/// In bytes; 0: there is none.
[[nodiscard]] std::int64_t bytes_of(const config::MemoryLimit& limit);

}  // namespace paddock::runtime
