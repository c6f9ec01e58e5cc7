// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <vector>

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "datatool/commands.h"
#include "datatool/describe.h"
#include "datatool/walk.h"
#include "storage/posix_disk.h"

namespace paddock::datatool {
namespace {

namespace json = boost::json;

struct Size {
  std::int64_t nodes = 0;
  std::int64_t bytes = 0;  // of paths and data, as approximate_data_size
};

using Sizes = std::map<std::string, Size, std::less<>>;

/// The subtrees that a node counts for: of at most `depth` components.
void count(const tree::NodeView& node, std::int64_t depth, Sizes& sizes) {
  const auto bytes = static_cast<std::int64_t>(node.path.size() + node.data.size());
  const auto add = [&](View subtree) {
    auto at = sizes.find(subtree);
    if (at == sizes.end()) at = sizes.emplace(subtree, Size{}).first;
    ++at->second.nodes;
    at->second.bytes += bytes;
  };
  add("/");
  if (node.path == "/") return;
  std::size_t end = 0;
  for (std::int64_t level = 0; level < depth && end != View::npos; ++level) {
    end = node.path.find('/', end + 1);
    add(node.path.substr(0, end));
  }
}

}  // namespace

Verdict sizes(const SizesOptions& options, cli::Output& out) {
  storage::PosixDisk disk;
  const auto state = load_state(disk, options.target);
  PADDOCK_TRY(state);
  Sizes found;
  walk((*state)->tree, "/", [&](const tree::NodeView& node) { count(node, options.depth, found); });
  std::vector<std::pair<std::string, Size>> largest(found.begin(), found.end());
  std::ranges::stable_sort(
      largest, std::greater{}, [](const auto& one) { return one.second.bytes; });
  largest.resize(std::min<std::size_t>(largest.size(), static_cast<std::size_t>(options.top)));
  json::array listed;
  out.line(fmt::format("{:>14} {:>12}  {}", "bytes", "znodes", "subtree"));
  for (const auto& [path, size] : largest) {
    out.line(fmt::format("{:>14} {:>12}  {}", size.bytes, size.nodes, printable(path)));
    listed.push_back(
        json::object{{"subtree", printable(path)}, {"znodes", size.nodes}, {"bytes", size.bytes}});
  }
  out.json(json::object{{"subtrees", std::move(listed)}});
  return true;
}

}  // namespace paddock::datatool
