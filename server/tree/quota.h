// SPDX-License-Identifier: Apache-2.0
//
// Quotas: the node /zookeeper/quota<path>/zookeeper_limits limits what lies at or below <path>, and
// zookeeper_stats beside it says how much that is, in the same text as ZooKeeper writes it. The
// tree keeps the statistics true as it changes; whether a request may pass a limit is decided in
// request/. Owned by the tree. Source: ZooKeeper StatsTrack, Quotas, DataTree.updateQuotaStat.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_set.hpp>

#include "base/bytes.h"
#include "base/hash.h"
#include "tree/znode.h"

namespace paddock::tree {

class TreeState;

/// "count=1,bytes=2=;byteHardLimit=3": the content of limits and statistics nodes. Numbers that are
/// missing or no numbers are -1.
class QuotaText {
 public:
  QuotaText() = default;
  explicit QuotaText(View text);

  [[nodiscard]] std::int64_t get(std::string_view key) const;
  void set(std::string_view key, std::int64_t value);
  [[nodiscard]] std::string text() const;

 private:
  std::vector<std::pair<std::string, std::int64_t>> values_;  // by key
};

inline constexpr std::string_view kQuotaCount = "count";
inline constexpr std::string_view kQuotaBytes = "bytes";
inline constexpr std::string_view kQuotaCountHardLimit = "countHardLimit";
inline constexpr std::string_view kQuotaBytesHardLimit = "byteHardLimit";

/// Wraps around as in Java: a client may have written any number into a quota's text.
[[nodiscard]] constexpr std::int64_t add_wrapping(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

/// The paths that have limits.
class QuotaPaths {
 public:
  [[nodiscard]] bool empty() const { return paths_.empty(); }
  [[nodiscard]] std::size_t size() const { return paths_.size(); }
  [[nodiscard]] auto begin() const { return paths_.begin(); }
  [[nodiscard]] auto end() const { return paths_.end(); }
  /// The longest path with limits at or above `path`; null if there is none.
  [[nodiscard]] View covering(View path) const;

  /// Node by node: only limits nodes are remembered.
  void on_added(View path);
  void on_removed(View path);

 private:
  boost::unordered_flat_set<std::string, ViewHash, std::equal_to<>> paths_;
};

/// The path whose limits the node at `path` holds; null if it is no limits node.
[[nodiscard]] View limited_path(View path);
/// Where the limits and statistics of a path are.
[[nodiscard]] std::string quota_limits_path(View path);
[[nodiscard]] std::string quota_stats_path(View path);

/// Brings the statistics up to date: after a node was created, before one is removed, and after its
/// data changed by so many bytes.
void count_created(TreeState& state, NodeId id);
void count_removed(TreeState& state, NodeId id);
void count_changed(TreeState& state, NodeId id, std::int64_t bytes_more);

}  // namespace paddock::tree
