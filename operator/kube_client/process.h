// SPDX-License-Identifier: Apache-2.0
//
// Runs a program and takes what it prints. Blocks.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace paddock::kube {

struct Command {
  std::string program;  // without a slash: by the PATH
  std::vector<std::string> args{};
  /// Besides what this process has, and in place of it.
  std::vector<std::pair<std::string, std::string>> env{};
};

/// What it has printed. It reads nothing. *Errors*: it cannot be started, fails, prints more than a
/// mebibyte, or has not ended after `limit` and is killed, with all that it has started.
[[nodiscard]] Result<std::string> run(const Command& command, Duration limit);

}  // namespace paddock::kube
