// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "client_cli/command.h"

namespace paddock::cli {

Outcome check_old_watch(Context& context, const std::optional<std::string>& word) {
  if (!word) return {};
  if (context.mode() == Mode::OneShot) {
    return misused(fmt::format("not expected: {}; -w waits for a change", *word));
  }
  context.out().remark("a word after the path is the old form of -w: use -w");
  return {};
}

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
