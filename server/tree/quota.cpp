// SPDX-License-Identifier: Apache-2.0
#include "tree/quota.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "tree/path.h"
#include "tree/tree_state.h"

namespace paddock::tree {
namespace {

constexpr View kQuotaRoot = "/zookeeper/quota";
constexpr View kLimits = "/zookeeper_limits";
constexpr View kStats = "/zookeeper_stats";

/// The path below the quota root that a node named `name` describes; null if `path` is no such
/// node.
[[nodiscard]] View described_path(View path, View name) {
  if (!path.starts_with(kQuotaRoot) || !path.ends_with(name)) return {};
  if (path.size() <= kQuotaRoot.size() + name.size()) return {};
  const View described =
      path.substr(kQuotaRoot.size(), path.size() - kQuotaRoot.size() - name.size());
  return described.front() == '/' ? described : View{};
}

[[nodiscard]] std::int64_t number(View text) {
  std::int64_t value = -1;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc{} && stop == end ? value : -1;
}

void add_to_stats(TreeState& state, View path, std::int64_t bytes, std::int64_t count) {
  const NodeId id = state.find(quota_stats_path(path));
  if (id == kNoNode) return;
  QuotaText text(state.nodes[id].data());
  text.set(kQuotaCount, add_wrapping(text.get(kQuotaCount), count));
  text.set(kQuotaBytes, add_wrapping(text.get(kQuotaBytes), bytes));
  state.set_data_quietly(id, text.text());
}

/// Counts what is there now, as when a quota is new.
void recount(TreeState& state, View path) {
  const NodeId id = state.find(quota_stats_path(path));
  if (id == kNoNode) return;
  std::int64_t bytes = 0;
  std::int64_t count = 0;
  const NodeId top = state.find(path);
  if (top != kNoNode) {
    state.for_subtree(top, [&](const Znode& node) {
      bytes += node.data_length;
      ++count;
    });
  }
  QuotaText text;
  text.set(kQuotaCount, count);
  text.set(kQuotaBytes, bytes);
  state.set_data_quietly(id, text.text());
}

}  // namespace

QuotaText::QuotaText(View text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(",;"), text.size());
    const View pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t equals = pair.find('=');
    if (equals == 0 || equals == View::npos) continue;
    // What follows a second "=" is not part of the value: "bytes=5=".
    const View value = pair.substr(equals + 1);
    set(pair.substr(0, equals), number(value.substr(0, value.find('='))));
  }
}

std::int64_t QuotaText::get(std::string_view key) const {
  const auto at =
      std::ranges::lower_bound(values_, key, {}, [](const auto& each) { return View{each.first}; });
  return at != values_.end() && at->first == key ? at->second : -1;
}

void QuotaText::set(std::string_view key, std::int64_t value) {
  const auto at =
      std::ranges::lower_bound(values_, key, {}, [](const auto& each) { return View{each.first}; });
  if (at != values_.end() && at->first == key) {
    at->second = value;
  } else {
    values_.emplace(at, key, value);
  }
}

std::string QuotaText::text() const {
  std::string text = fmt::format("count={},bytes={}", get(kQuotaCount), get(kQuotaBytes));
  // The odd "=" keeps clients of before 3.7, which split at it, from reading on.
  std::string_view separator = "=;";
  for (const auto& [key, value] : values_) {
    if (key == kQuotaCount || key == kQuotaBytes) continue;
    text += fmt::format("{}{}={}", separator, key, value);
    separator = ";";
  }
  return text;
}

View QuotaPaths::covering(View path) const {
  while (path.size() > 1) {
    const auto found = paths_.find(path);
    if (found != paths_.end()) return *found;
    path = parent_of(path);
  }
  return {};
}

void QuotaPaths::on_added(View path) {
  const View limited = limited_path(path);
  if (!is_null(limited)) paths_.emplace(limited);
}

void QuotaPaths::on_removed(View path) {
  const View limited = limited_path(path);
  if (is_null(limited)) return;
  const auto found = paths_.find(limited);
  if (found != paths_.end()) paths_.erase(found);
}

View limited_path(View path) {
  return described_path(path, kLimits);
}

std::string quota_limits_path(View path) {
  return fmt::format("{}{}{}", kQuotaRoot, path, kLimits);
}

std::string quota_stats_path(View path) {
  return fmt::format("{}{}{}", kQuotaRoot, path, kStats);
}

void count_created(TreeState& state, NodeId id) {
  const View path = state.nodes[id].path();
  const View limited = limited_path(path);
  if (!is_null(limited)) recount(state, limited);
  const View described = described_path(path, kStats);
  if (!is_null(described)) recount(state, described);
  if (state.quotas.empty()) return;
  const View covering = state.quotas.covering(path);
  if (!is_null(covering)) add_to_stats(state, covering, state.nodes[id].data_length, 1);
}

void count_removed(TreeState& state, NodeId id) {
  if (state.quotas.empty()) return;
  const Znode& node = state.nodes[id];
  // Without its limits a quota is none any more, whatever else they may have covered.
  const View limited = limited_path(node.path());
  const View covering = state.quotas.covering(node.path());
  if (is_null(covering) || covering == limited) return;
  add_to_stats(state, covering, -std::int64_t{node.data_length}, -1);
}

void count_changed(TreeState& state, NodeId id, std::int64_t bytes_more) {
  if (state.quotas.empty()) return;
  const View covering = state.quotas.covering(state.nodes[id].path());
  if (!is_null(covering)) add_to_stats(state, covering, bytes_more, 0);
}

}  // namespace paddock::tree
