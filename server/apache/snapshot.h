// SPDX-License-Identifier: Apache-2.0
//
// Snapshots of Apache ZooKeeper, unpacked: read those of 3.4 to 3.9, write one of 3.8. Source:
// ZooKeeper FileSnap, SnapStream, DataTree.deserialize.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>

#include "apache/tree.h"
#include "base/bytes.h"
#include "base/error.h"

namespace paddock::apache {

/// Of versions from 3.6 on: what the tree's digest was after a transaction that may be later than
/// the one that the file is named after.
struct SnapshotDigest {
  std::int64_t zxid = 0;
  std::int32_t version = 0;
  std::uint64_t value = 0;
};

/// How digests are made that can be compared with ours.
inline constexpr std::int32_t kDigestVersion = 2;

struct Loaded {
  Tree tree;
  std::map<std::int64_t, std::int32_t> sessions{};  // with their timeouts in milliseconds
  std::optional<SnapshotDigest> digest{};
  /// The server had processed nothing since its start, so the tree is exactly that of the name.
  bool is_exact = false;
};

/// Fills `into`, which borrows `bytes`. *Errors*: what is wrong at which offset.
[[nodiscard]] Result<> parse_snapshot(View bytes, Loaded& into);

}  // namespace paddock::apache
