// SPDX-License-Identifier: Apache-2.0
//
// The `paddock` program. Parts with their own arguments are listed here, one line each.
#include <array>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "backup/backup.h"
#include "bench/bench.h"
#include "client_cli/credentials.h"
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
    const std::vector<std::string> given(argv, argv + argc);
    std::vector<const char*> arguments;
    for (const std::string& argument : given) arguments.push_back(argument.c_str());
    paddock::cli::hide_credentials(argc, argv);
    return paddock::cli::run(argc, arguments.data(), kSubcommands);
  } catch (const std::exception& error) {
    std::cerr << "paddock: " << error.what() << '\n';
    return 1;
  }
}
