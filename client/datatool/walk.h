// SPDX-License-Identifier: Apache-2.0
//
// All nodes of a tree at and below a path, in the order of their paths' components. Without
// recursion: a tree may be deep.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "tree/data_tree.h"

namespace paddock::datatool {

template <class Each>
void walk(const tree::DataTree& tree, View from, Each&& each) {
  const tree::Znode* const top = tree.find(from);
  if (top == nullptr) return;
  std::vector<const tree::Znode*> waiting{top};
  while (!waiting.empty()) {
    const tree::Znode& node = *waiting.back();
    waiting.pop_back();
    each(tree.view(node));
    const auto first = static_cast<std::ptrdiff_t>(waiting.size());
    tree.for_each_child(node, [&](const tree::Znode& child) { waiting.push_back(&child); });
    std::sort(waiting.begin() + first, waiting.end(), [&](const auto* a, const auto* b) {
      return tree.view(*a).path > tree.view(*b).path;
    });
  }
}

}  // namespace paddock::datatool
