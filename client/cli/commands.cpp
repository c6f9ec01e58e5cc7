// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "client_cli/command.h"

namespace paddock::cli {

std::vector<Command> all_commands() {
  std::vector<Command> all;
  for (const auto commands : {node_commands(),
                              tree_commands(),
                              acl_commands(),
                              quota_commands(),
                              watch_commands(),
                              ensemble_commands()}) {
    all.insert(all.end(), commands.begin(), commands.end());
  }
  std::ranges::sort(all, {}, &Command::name);
  return all;
}

}  // namespace paddock::cli
