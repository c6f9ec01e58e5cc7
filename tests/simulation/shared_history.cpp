// SPDX-License-Identifier: Apache-2.0
#include "simulation/shared_history.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace paddock::simulation {

void SharedHistory::fail(std::string what) {
  if (violation_.empty()) violation_ = std::move(what);
}

void SharedHistory::saw(const std::string& path,
                        const std::string& data,
                        const jute::Stat& stat,
                        std::int64_t until) {
  if (stat.mzxid > until) {
    return fail(fmt::format("{} was seen at {} as it became at {}", path, until, stat.mzxid));
  }
  seen_.insert(data);
  if (refused_.contains(data)) return fail(fmt::format("{} shows a write that was refused", path));
  changed(path, stat.czxid);
  changed(path, stat.mzxid);
  unchanged(path, stat.mzxid, until);
  const Version version{data, stat.version, stat.czxid};
  std::map<std::int64_t, Version>& versions = nodes_[path].versions;
  const auto [known, is_new] = versions.emplace(stat.mzxid, version);
  if (known->second != version) {
    return fail(fmt::format("{} was seen with two contents of the same zxid {}", path, stat.mzxid));
  }
  if (!is_new) return;
  const auto later = std::next(known);
  if (later != versions.end() && later->second.czxid == version.czxid &&
      later->second.version <= version.version) {
    return fail(
        fmt::format("{} has lost a version between {} and {}", path, stat.mzxid, later->first));
  }
  if (known != versions.begin() && std::prev(known)->second.czxid == version.czxid &&
      std::prev(known)->second.version >= version.version) {
    return fail(fmt::format("{} has lost a version before {}", path, stat.mzxid));
  }
  const auto together = together_.find(data);
  if (together == together_.end()) return;
  for (const std::string& other : together->second) changed(other, stat.mzxid);
}

void SharedHistory::changed(const std::string& path, std::int64_t zxid) {
  Node& node = nodes_[path];
  if (!node.changes.insert(zxid).second) return;
  for (const auto& [from, until] : node.quiet) {
    if (from >= zxid) break;
    if (zxid <= until) {
      return fail(
          fmt::format("{} changed at {}, but a client was told that it did not from {} to {}",
                      path,
                      zxid,
                      from,
                      until));
    }
  }
}

void SharedHistory::unchanged(const std::string& path, std::int64_t from, std::int64_t until) {
  if (from >= until) return;
  Node& node = nodes_[path];
  std::int64_t& known = node.quiet[from];
  known = std::max(known, until);
  const auto change = node.changes.upper_bound(from);
  if (change != node.changes.end() && *change <= until) {
    fail(fmt::format("a client was told that {} did not change from {} to {}, but it did at {}",
                     path,
                     from,
                     until,
                     *change));
  }
}

void SharedHistory::refused(const std::string& data) {
  refused_.insert(data);
  if (seen_.contains(data)) fail("a write was refused that had been seen");
}

void SharedHistory::written_together(const std::string& data, std::vector<std::string> paths) {
  together_[data] = std::move(paths);
}

}  // namespace paddock::simulation
