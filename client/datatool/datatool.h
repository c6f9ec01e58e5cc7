// SPDX-License-Identifier: Apache-2.0
//
// `paddock data`: data directories, their logs and snapshots, without a server.
#pragma once

namespace paddock::datatool {

/// argv[0] is "data". Returns the exit code.
[[nodiscard]] int data_main(int argc, const char* const* argv);

}  // namespace paddock::datatool
