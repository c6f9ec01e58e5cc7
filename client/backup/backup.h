// SPDX-License-Identifier: Apache-2.0
//
// `paddock backup`, `paddock restore`, `paddock verify`.
#pragma once

namespace paddock::backup {

/// argv[0] is the name. Each returns the exit code.
[[nodiscard]] int backup_main(int argc, const char* const* argv);
[[nodiscard]] int restore_main(int argc, const char* const* argv);
[[nodiscard]] int verify_main(int argc, const char* const* argv);

}  // namespace paddock::backup
