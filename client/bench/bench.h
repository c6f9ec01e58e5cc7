// SPDX-License-Identifier: Apache-2.0
//
// The load generator behind `paddock bench`.
#pragma once

namespace paddock::bench {

/// Runs one measurement as the arguments say (argv[0] is the program's or command's name) and
/// prints it. Returns the exit code: 0, 1 if the run failed, 2 if the arguments are wrong.
[[nodiscard]] int bench_main(int argc, const char* const* argv);

}  // namespace paddock::bench
