// SPDX-License-Identifier: Apache-2.0
//
// Takes a consistent snapshot of a tree that goes on changing: the state after exactly one
// transaction. The walk passes all nodes in the order of their handles, a few at a time, each step
// inside a gate of the caller's; before the writer changes a node that the walk has not passed, it
// leaves a copy here. Nodes that are created later are skipped. Owned by the thread that takes
// snapshots; at most one walk of a tree at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/error.h"
#include "base/ids.h"
#include "tree/data_tree.h"
#include "tree/node_columns.h"
#include "tree/snapshot.pb.h"
#include "tree/znode.h"

namespace paddock::tree {

struct WalkOptions {
  /// How much one step appends at most (one node may pass the bytes), so that the gate is held
  /// briefly.
  std::size_t nodes_per_step = 512;
  std::size_t bytes_per_step = std::size_t{256} << 10U;
  /// The walk is given up when the copies that wait for it take more.
  std::size_t preserved_bytes_max = std::size_t{1} << 30U;
};

class SnapshotWalk {
 public:
  /// Begins at the tree's last zxid. Inside a gate.
  explicit SnapshotWalk(const DataTree& tree, const WalkOptions& options = {});
  /// Inside a gate.
  ~SnapshotWalk();
  SnapshotWalk(const SnapshotWalk&) = delete;
  SnapshotWalk& operator=(const SnapshotWalk&) = delete;

  /// What the snapshot is of. Any time.
  [[nodiscard]] Zxid zxid() const { return zxid_; }
  [[nodiscard]] std::size_t nodes() const { return totals_.nodes(); }

  /// Appends a step's worth to `chunk`, which may be sent and cleared at any time. Inside a gate.
  /// False: that was all. *Errors*: too much had to be preserved, or the tree was replaced.
  [[nodiscard]] Result<bool> step(pb::TreeChunk& chunk);

  /// Bytes of the copies that wait now, and the most that ever did. Inside a gate.
  [[nodiscard]] std::size_t preserved_bytes() const { return preserved_bytes_; }
  [[nodiscard]] std::size_t preserved_bytes_peak() const { return preserved_bytes_peak_; }

 private:
  friend class TreeState;

  /// A node as it was at the walk's zxid.
  struct Image {
    NodeId id;
    Znode node;  // its path and data are in `text`
    std::unique_ptr<char[]> text;
    [[nodiscard]] std::size_t bytes() const;
  };

  /// The writer, before it changes or removes a node.
  void preserve(NodeId id, Znode& node);
  /// The writer, when the tree is about to be replaced by another.
  void on_tree_replaced();
  void give_up(std::string reason);

  [[nodiscard]] bool is_part(NodeId id, const Znode& node) const;
  void append_images(pb::TreeChunk& chunk, std::size_t& nodes_left);
  void append_nodes(pb::TreeChunk& chunk, std::size_t& nodes_left);
  void append_acls(pb::TreeChunk& chunk, std::size_t& lists_left);
  [[nodiscard]] bool has_room(const pb::TreeChunk& chunk) const;

  TreeState* state_;
  WalkOptions options_;
  Zxid zxid_;
  pb::Totals totals_;
  bool totals_sent_ = false;
  std::uint32_t generation_;  // the mark of the nodes that were preserved
  std::uint32_t cursor_ = 1;  // the next handle to pass
  std::uint32_t end_;         // handles from here on were given later
  std::uint32_t acl_cursor_ = 1;
  NodeColumns columns_;
  std::size_t step_begin_bytes_ = 0;
  std::vector<Image> images_;
  std::size_t images_taken_ = 0;
  std::size_t preserved_bytes_ = 0;
  std::size_t preserved_bytes_peak_ = 0;
  std::string failure_;
};

}  // namespace paddock::tree
