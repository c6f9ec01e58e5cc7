// SPDX-License-Identifier: Apache-2.0
//
// The `paddock` program. Parts with their own arguments are listed here, one line each.
#include <array>
#include <exception>
#include <iostream>

#include "backup/backup.h"
#include "bench/bench.h"
#include "client_cli/program.h"
#include "datatool/datatool.h"

namespace {

constexpr auto kSubcommands = std::to_array<paddock::cli::Subcommand>({
    {"bench", "put load on a server and measure it", paddock::bench::bench_main},
    {"data",
     "look into data directories; from and to Apache ZooKeeper",
     paddock::datatool::data_main},
    {"backup", "take a backup of a running server", paddock::backup::backup_main},
    {"restore", "make a data directory of a backup", paddock::backup::restore_main},
    {"verify", "load a backup, to see that it is whole", paddock::backup::verify_main},
});

}  // namespace

int main(int argc, char** argv) {
  try {
    return paddock::cli::run(argc, argv, kSubcommands);
  } catch (const std::exception& error) {
    std::cerr << "paddock: " << error.what() << '\n';
    return 1;
  }
}
