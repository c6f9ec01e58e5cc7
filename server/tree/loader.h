// SPDX-License-Identifier: Apache-2.0
//
// Builds a tree from the chunks of a snapshot, which may come in any order. Nodes go straight to
// the places that they had; links, index and sets are made in one pass at the end. Whatever does
// not fit together is an error: files are input from outside. Any thread, one at a time; the tree
// that is to be replaced stays as it is until install().
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "tree/acl.h"
#include "tree/data_tree.h"
#include "tree/snapshot.pb.h"
#include "tree/znode.h"

namespace paddock::tree {

class TreeLoader {
 public:
  TreeLoader();
  ~TreeLoader();
  TreeLoader(const TreeLoader&) = delete;
  TreeLoader& operator=(const TreeLoader&) = delete;

  /// Takes one encoded TreeChunk. *Errors*: bytes that are none, or contradict themselves or a
  /// chunk before; the loader is of no further use then.
  [[nodiscard]] Result<> add(View bytes);

  /// After the last chunk: links the nodes and verifies counts and digest.
  [[nodiscard]] Result<> finish();

  /// After finish() succeeded: exchanges the tree's content for what was loaded, and keeps the old
  /// one until the loader's end, which may be long and needs no gate. Inside the write gate, O(1).
  void install(DataTree& tree);

 private:
  struct Columns;

  [[nodiscard]] Result<> add_nodes(const pb::Nodes& nodes);
  [[nodiscard]] Result<> place(Columns& columns, int row);
  [[nodiscard]] Result<> add_acls(const pb::TreeChunk& chunk);
  [[nodiscard]] Result<> adopt_all();
  [[nodiscard]] Result<> adopt(NodeId id, std::uint64_t hash);
  [[nodiscard]] Result<> check_place(const Znode& node, NodeId id) const;
  [[nodiscard]] Result<> map_acl(Znode& node);
  void enroll_ephemerals();
  [[nodiscard]] Result<> check_totals() const;

  std::unique_ptr<TreeState> state_;
  pb::TreeChunk chunk_;  // keeps its memory from one chunk to the next
  pb::Totals totals_;
  bool has_totals_ = false;
  bool is_finished_ = false;
  std::vector<std::pair<bool, AclId>> acls_;  // by the snapshot's id: whether there, and our id
  std::vector<NodeId> ephemerals_;
};

}  // namespace paddock::tree
