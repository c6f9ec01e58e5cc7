// SPDX-License-Identifier: Apache-2.0
#include "tree/snapshot.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/assert.h"
#include "tree/tree_state.h"

namespace paddock::tree {

SnapshotWalk::SnapshotWalk(const DataTree& tree, const WalkOptions& options)
    : state_(tree.state_.get()),
      options_(options),
      zxid_(tree.last_zxid()),
      generation_(state_->begin_walk(*this)),
      end_(state_->nodes.end()) {
  totals_.set_zxid(zxid_.value);
  totals_.set_nodes(state_->nodes.size());
  totals_.set_ephemerals(state_->ephemerals.count());
  totals_.set_data_bytes(state_->data_bytes);
  totals_.set_digest(state_->digest);
}

SnapshotWalk::~SnapshotWalk() {
  if (state_ != nullptr) state_->end_walk();
}

Result<bool> SnapshotWalk::step(pb::TreeChunk& chunk) {
  if (!failure_.empty()) return fail(failure_);
  if (chunk.nodes().id().empty()) columns_.restart();
  step_begin_bytes_ = chunk.nodes().paths().size() + chunk.nodes().data().size();
  if (!totals_sent_) *chunk.mutable_totals() = totals_;
  totals_sent_ = true;

  std::size_t left = options_.nodes_per_step;
  append_images(chunk, left);
  append_nodes(chunk, left);
  // The lists come last: then every id that the snapshot names has one, and none was given to
  // another list meanwhile, because the tree forgets none during a walk.
  if (cursor_ == end_ && images_.empty()) append_acls(chunk, left);
  return cursor_ < end_ || !images_.empty() || acl_cursor_ < state_->acls.end();
}

void SnapshotWalk::append_images(pb::TreeChunk& chunk, std::size_t& nodes_left) {
  while (images_taken_ < images_.size() && nodes_left > 0 && has_room(chunk)) {
    Image& image = images_[images_taken_];
    columns_.append(image.id, image.node, *chunk.mutable_nodes());
    preserved_bytes_ -= image.bytes();
    image.text.reset();
    ++images_taken_;
    --nodes_left;
  }
  if (images_taken_ < images_.size()) return;
  images_.clear();
  images_taken_ = 0;
}

void SnapshotWalk::append_nodes(pb::TreeChunk& chunk, std::size_t& nodes_left) {
  // Handles without a node count as well: a step is short even where the tree is full of holes.
  for (; cursor_ < end_ && nodes_left > 0 && has_room(chunk); ++cursor_, --nodes_left) {
    const NodeId id{cursor_};
    const Znode& node = state_->nodes[id];
    if (is_part(id, node)) columns_.append(id, node, *chunk.mutable_nodes());
  }
}

void SnapshotWalk::append_acls(pb::TreeChunk& chunk, std::size_t& lists_left) {
  for (; acl_cursor_ < state_->acls.end() && lists_left > 0; ++acl_cursor_, --lists_left) {
    const AclId id{acl_cursor_};
    if (state_->acls.has(id)) append_acl(acl_cursor_, state_->acls.entries(id), chunk);
  }
}

bool SnapshotWalk::has_room(const pb::TreeChunk& chunk) const {
  const std::size_t bytes = chunk.nodes().paths().size() + chunk.nodes().data().size();
  return bytes - step_begin_bytes_ < options_.bytes_per_step;
}

bool SnapshotWalk::is_part(NodeId id, const Znode& node) const {
  const auto index = static_cast<std::uint32_t>(id);
  return index >= cursor_ && index < end_ && node.is_live() && node.czxid <= zxid_.value &&
         node.walk_mark != generation_;
}

void SnapshotWalk::preserve(NodeId id, Znode& node) {
  if (!failure_.empty() || !is_part(id, node)) return;
  node.walk_mark = generation_;
  Image image{
      id,
      node,
      std::make_unique_for_overwrite<char[]>(node.path_length + std::size_t{node.data_length})};
  char* const path = image.text.get();
  char* const data = path + node.path_length;
  std::memcpy(path, node.path_bytes, node.path_length);
  if (node.data_length > 0) std::memcpy(data, node.data_bytes, node.data_length);
  image.node.path_bytes = path;
  if (!is_null(node.data())) image.node.data_bytes = data;
  preserved_bytes_ += image.bytes();
  preserved_bytes_peak_ = std::max(preserved_bytes_peak_, preserved_bytes_);
  images_.push_back(std::move(image));
  if (preserved_bytes_ <= options_.preserved_bytes_max) return;
  give_up(
      fmt::format("the snapshot was given up: more than {} bytes of changed nodes waited for it; "
                  "the disk is too slow for the rate of writes",
                  options_.preserved_bytes_max));
}

void SnapshotWalk::on_tree_replaced() {
  give_up("the snapshot was given up: the tree was replaced by a received one");
  state_ = nullptr;
}

void SnapshotWalk::give_up(std::string reason) {
  failure_ = std::move(reason);
  images_.clear();
  images_.shrink_to_fit();
  images_taken_ = 0;
  preserved_bytes_ = 0;
}

std::size_t SnapshotWalk::Image::bytes() const {
  return sizeof(Image) + node.path_length + node.data_length;
}

}  // namespace paddock::tree
