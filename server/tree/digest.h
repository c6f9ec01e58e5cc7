// SPDX-License-Identifier: Apache-2.0
//
// A node's share of the tree's digest. It is a sum of two hashes, one of path and data and one of
// path and persisted stat, so that a change of a parent's stat does not hash its data. The tree's
// digest is the wrapping sum over all nodes outside /zookeeper, which each server keeps for itself.
// Source of the idea: ZooKeeper AdHash, DigestCalculator.
#pragma once

#include <cstdint>

#include "tree/znode.h"

namespace paddock::tree {

/// Whether a node takes part: everything but /zookeeper and what is below it.
[[nodiscard]] bool is_digested(View path);

/// `path_hash`: the index's hash of the node's path.
[[nodiscard]] std::uint64_t data_digest(std::uint64_t path_hash, View data);
[[nodiscard]] std::uint64_t stat_digest(std::uint64_t path_hash, const Znode& node);

}  // namespace paddock::tree
