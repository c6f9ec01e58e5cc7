// SPDX-License-Identifier: Apache-2.0
//
// Nodes as the columns of a snapshot's chunk (snapshot.proto), each as its difference to the one
// before; the loader reads them.
#pragma once

#include <cstdint>
#include <span>

#include "tree/acl.h"
#include "tree/snapshot.pb.h"
#include "tree/znode.h"

namespace paddock::tree {

class NodeColumns {
 public:
  /// In a chunk that is begun anew the first node has none before it.
  void restart() { previous_ = {}; }
  void append(NodeId id, const Znode& node, pb::Nodes& columns);

 private:
  struct Previous {
    NodeId id = kNoNode;
    NodeId parent = kNoNode;
    std::int64_t czxid = 0;
    std::int64_t ctime = 0;
  };
  Previous previous_;
};

/// A list that nodes name by `id`.
void append_acl(std::uint32_t id, std::span<const AclEntry> entries, pb::TreeChunk& chunk);

}  // namespace paddock::tree
