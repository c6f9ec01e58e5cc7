// SPDX-License-Identifier: Apache-2.0
#include "tree/digest.h"

#include <array>
#include <cstddef>

#include "base/hash.h"
#include "tree/path.h"

namespace paddock::tree {
namespace {

constexpr std::uint64_t kStatSeed = 0x9e3779b97f4a7c15U;

}  // namespace

bool is_digested(View path) {
  return !is_at_or_below(path, "/zookeeper");
}

std::uint64_t data_digest(std::uint64_t path_hash, View data) {
  if (is_null(data)) return ~path_hash;
  return hash64(data, path_hash);
}

std::uint64_t stat_digest(std::uint64_t path_hash, const Znode& node) {
  std::array<char, 60> persisted;
  char* at = persisted.data();
  for (const std::int64_t field :
       {node.czxid, node.mzxid, node.pzxid, node.ctime, node.mtime, node.owner}) {
    store_le(at, field);
    at += sizeof field;
  }
  for (const std::int32_t field : {node.version, node.cversion, node.aversion}) {
    store_le(at, field);
    at += sizeof field;
  }
  return hash64({persisted.data(), persisted.size()}, path_hash ^ kStatSeed);
}

}  // namespace paddock::tree
