// SPDX-License-Identifier: Apache-2.0
#include "client_cli/completion.h"

#include <algorithm>

namespace paddock::cli {

namespace {

/// The longest beginning that all of `words` share; there is at least one.
View common_beginning(const std::vector<std::string>& words) {
  View common = words.front();
  for (const std::string& word : words) {
    const auto [end, other] = std::ranges::mismatch(common, word);
    common = common.substr(0, static_cast<std::size_t>(end - common.begin()));
  }
  return common;
}

Completion choose(View word, std::vector<std::string> candidates, View after_unique) {
  if (candidates.empty()) return {};
  std::ranges::sort(candidates);
  std::string insert(common_beginning(candidates).substr(word.size()));
  if (candidates.size() == 1) return {insert.append(after_unique), {}};
  return {std::move(insert), std::move(candidates)};
}

Completion complete_command(View word, std::span<const std::string_view> commands) {
  std::vector<std::string> candidates;
  for (const std::string_view command : commands) {
    if (command.starts_with(word)) candidates.emplace_back(command);
  }
  return choose(word, std::move(candidates), " ");
}

Completion complete_path(View word, const ChildLister& children_of) {
  const View above = word.substr(0, word.rfind('/') + 1);
  const std::string parent(above.size() == 1 ? above : above.substr(0, above.size() - 1));
  std::vector<std::string> candidates;
  for (const std::string& name : children_of(parent)) {
    std::string path = std::string(above) + name;
    if (path.starts_with(word)) candidates.push_back(std::move(path));
  }
  return choose(word, std::move(candidates), "");
}

}  // namespace

Completion complete(View line,
                    std::span<const std::string_view> commands,
                    const ChildLister& children_of) {
  const std::size_t blank = line.find_last_of(" \t");
  const View word = blank == View::npos ? line : line.substr(blank + 1);
  const View before = blank == View::npos ? View{} : line.substr(0, blank);
  const std::size_t first = before.find_first_not_of(" \t");
  if (first == View::npos || before.substr(first) == "help")
    return complete_command(word, commands);
  if (word.starts_with('/')) return complete_path(word, children_of);
  return {};
}

}  // namespace paddock::cli
