// SPDX-License-Identifier: Apache-2.0
#include "tree/node_columns.h"

namespace paddock::tree {
namespace {

/// Wraps around, as the loader's addition does.
[[nodiscard]] std::int64_t difference(std::int64_t from, std::int64_t less) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(from) -
                                   static_cast<std::uint64_t>(less));
}

[[nodiscard]] std::int64_t difference(NodeId from, NodeId less) {
  return static_cast<std::int64_t>(from) - static_cast<std::int64_t>(less);
}

}  // namespace

void NodeColumns::append(NodeId id, const Znode& node, pb::Nodes& columns) {
  columns.add_id(difference(id, previous_.id));
  columns.add_parent(difference(node.parent, previous_.parent));
  columns.add_acl(static_cast<std::uint32_t>(node.acl));
  columns.add_czxid(difference(node.czxid, previous_.czxid));
  columns.add_mzxid(difference(node.mzxid, node.czxid));
  columns.add_pzxid(difference(node.pzxid, node.czxid));
  columns.add_ctime(difference(node.ctime, previous_.ctime));
  columns.add_mtime(difference(node.mtime, node.ctime));
  columns.add_owner(node.owner);
  columns.add_version(node.version);
  columns.add_cversion(node.cversion);
  columns.add_aversion(node.aversion);
  columns.add_path_length(node.path_length);
  columns.mutable_paths()->append(node.path_bytes, node.path_length);
  columns.add_data_length(is_null(node.data()) ? 0 : node.data_length + 1);
  if (node.data_length > 0) columns.mutable_data()->append(node.data_bytes, node.data_length);
  previous_ = {id, node.parent, node.czxid, node.ctime};
}

void append_acl(std::uint32_t id, std::span<const AclEntry> entries, pb::TreeChunk& chunk) {
  pb::AclList& list = *chunk.add_acls();
  list.set_id(id);
  for (const AclEntry& entry : entries) {
    pb::AclEntry& added = *list.add_entries();
    added.set_perms(entry.perms);
    added.set_scheme(entry.scheme);
    added.set_id(entry.id);
  }
}

}  // namespace paddock::tree
