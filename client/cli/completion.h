// SPDX-License-Identifier: Apache-2.0
//
// What the tab key does: completes the command, or the path of a node. Pure; the children of a node
// come from whoever asks.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace paddock::cli {

struct Completion {
  /// What to insert at the cursor; may be empty.
  std::string insert;
  /// What the word could become, if there is more than one choice.
  std::vector<std::string> candidates;
};

/// Names of a node's children; none if it cannot be read.
using ChildLister = std::function<std::vector<std::string>(const std::string& path)>;

/// `line` is the text before the cursor.
[[nodiscard]] Completion complete(View line,
                                  std::span<const std::string_view> commands,
                                  const ChildLister& children_of);

}  // namespace paddock::cli
