// SPDX-License-Identifier: Apache-2.0
#include "client_cli/completion.h"

#include <algorithm>

namespace paddock::cli {

namespace {

constexpr std::string_view kBlanks = " \t";

/// Where the word at the end of `line` begins, as split_line() splits.
std::size_t last_word(View line) {
  std::size_t at = 0;
  while (true) {
    const std::size_t start = line.find_first_not_of(kBlanks, at);
    if (start == View::npos) return line.size();
    const bool is_quoted = line[start] == '"' || line[start] == '\'';
    at = is_quoted ? line.find(line[start], start + 1) : line.find_first_of(kBlanks, start);
    if (at == View::npos) return start;
    if (is_quoted) ++at;
  }
}

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
  const std::size_t start = last_word(line);
  View word = line.substr(start);
  const View before = line.substr(0, start);
  const std::size_t first = before.find_first_not_of(kBlanks);
  const std::size_t end = before.find_last_not_of(kBlanks);
  if (first == View::npos || before.substr(first, end + 1 - first) == "help") {
    return complete_command(word, commands);
  }
  if (word.starts_with('"') || word.starts_with('\'')) word.remove_prefix(1);
  if (word.starts_with('/')) return complete_path(word, children_of);
  return {};
}

}  // namespace paddock::cli
