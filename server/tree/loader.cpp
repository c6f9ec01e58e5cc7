// SPDX-License-Identifier: Apache-2.0
#include "tree/loader.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string>

#include <fmt/format.h>

#include "base/assert.h"
#include "base/hash.h"
#include "tree/owner.h"
#include "tree/path.h"
#include "tree/tree_state.h"

namespace paddock::tree {
namespace {

/// More than any server has memory for; the handle of a damaged file must not be believed.
constexpr std::int64_t kNodeIdMax = std::numeric_limits<std::int32_t>::max();
constexpr std::uint32_t kAclIdMax = 1U << 24U;
constexpr std::uint32_t kAdoptAhead = 16;

[[nodiscard]] std::unexpected<Error> damaged(std::string_view what) {
  return fail(fmt::format("the tree in the snapshot is damaged: {}", what));
}

/// Wraps around, as the walk's subtraction does.
[[nodiscard]] std::int64_t sum(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

template <class Lengths>
[[nodiscard]] std::uint64_t total(const Lengths& lengths, std::uint32_t less) {
  std::uint64_t bytes = 0;
  for (const std::uint32_t length : lengths) bytes += length > less ? length - less : 0;
  return bytes;
}

}  // namespace

/// A chunk's arrays, and how far they have been read.
struct TreeLoader::Columns {
  const pb::Nodes& nodes;
  std::int64_t id = 0;
  std::int64_t parent = 0;
  std::int64_t czxid = 0;
  std::int64_t ctime = 0;
  std::size_t path_offset = 0;
  std::size_t data_offset = 0;

  [[nodiscard]] bool are_whole() const {
    const int rows = nodes.id_size();
    for (const int size : {nodes.parent_size(),
                           nodes.acl_size(),
                           nodes.czxid_size(),
                           nodes.mzxid_size(),
                           nodes.pzxid_size(),
                           nodes.ctime_size(),
                           nodes.mtime_size(),
                           nodes.owner_size(),
                           nodes.version_size(),
                           nodes.cversion_size(),
                           nodes.aversion_size(),
                           nodes.path_length_size(),
                           nodes.data_length_size()}) {
      if (size != rows) return false;
    }
    return total(nodes.path_length(), 0) == nodes.paths().size() &&
           total(nodes.data_length(), 1) == nodes.data().size();
  }

  /// Moves on to a row; rows are read one after the other.
  void advance(int row) {
    id = sum(id, nodes.id(row));
    parent = sum(parent, nodes.parent(row));
    czxid = sum(czxid, nodes.czxid(row));
    ctime = sum(ctime, nodes.ctime(row));
  }
  [[nodiscard]] View next_path(int row) {
    const std::size_t length = nodes.path_length(row);
    path_offset += length;
    return View{nodes.paths()}.substr(path_offset - length, length);
  }
  [[nodiscard]] View next_data(int row) {
    if (nodes.data_length(row) == 0) return {};
    const std::size_t length = nodes.data_length(row) - 1;
    data_offset += length;
    return length == 0 ? kEmpty : View{nodes.data()}.substr(data_offset - length, length);
  }
};

TreeLoader::TreeLoader() : state_(std::make_unique<TreeState>()) {
  acls_.push_back({true, kOpenAcl});
}

TreeLoader::~TreeLoader() = default;

Result<> TreeLoader::add(View bytes) {
  PADDOCK_ASSERT(!is_finished_);
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()) ||
      !chunk_.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return damaged("a chunk cannot be decoded");
  }
  if (chunk_.has_totals()) {
    if (has_totals_) return damaged("it has two sets of totals");
    totals_ = chunk_.totals();
    has_totals_ = true;
  }
  PADDOCK_TRY(add_acls(chunk_));
  return add_nodes(chunk_.nodes());
}

Result<> TreeLoader::add_nodes(const pb::Nodes& nodes) {
  Columns columns{nodes};
  if (!columns.are_whole()) return damaged("the columns of a chunk differ in length");
  for (int row = 0; row < nodes.id_size(); ++row) {
    columns.advance(row);
    PADDOCK_TRY(place(columns, row));
  }
  return {};
}

Result<> TreeLoader::place(Columns& columns, int row) {
  const pb::Nodes& nodes = columns.nodes;
  if (columns.id <= 0 || columns.id > kNodeIdMax || columns.parent < 0 ||
      columns.parent > kNodeIdMax) {
    return damaged("a node has an impossible place");
  }
  Znode& node = state_->nodes.place(NodeId{static_cast<std::uint32_t>(columns.id)});
  if (node.is_live()) return damaged("two nodes have the same place");

  const View path = columns.next_path(row);
  if (path.empty() || path.front() != '/') return damaged("a node has an impossible path");
  const View own_path = state_->slabs.copy(path);
  const View own_data = state_->slabs.copy(columns.next_data(row));
  node.path_bytes = own_path.data();
  node.path_length = static_cast<std::uint32_t>(own_path.size());
  node.data_bytes = own_data.data();
  node.data_length = static_cast<std::uint32_t>(own_data.size());
  node.parent = NodeId{static_cast<std::uint32_t>(columns.parent)};
  node.acl = AclId{nodes.acl(row)};
  node.czxid = columns.czxid;
  node.mzxid = sum(columns.czxid, nodes.mzxid(row));
  node.pzxid = sum(columns.czxid, nodes.pzxid(row));
  node.ctime = columns.ctime;
  node.mtime = sum(columns.ctime, nodes.mtime(row));
  node.owner = nodes.owner(row);
  node.version = nodes.version(row);
  node.cversion = nodes.cversion(row);
  node.aversion = nodes.aversion(row);
  return {};
}

Result<> TreeLoader::add_acls(const pb::TreeChunk& chunk) {
  for (const pb::AclList& list : chunk.acls()) {
    if (list.id() == 0 || list.id() > kAclIdMax)
      return damaged("an access control list has an impossible id");
    if (list.id() >= acls_.size()) acls_.resize(list.id() + std::size_t{1});
    auto& [is_there, id] = acls_[list.id()];
    if (is_there) return damaged("two access control lists have the same id");
    auto& scratch = state_->acl_scratch;
    scratch.clear();
    for (const pb::AclEntry& entry : list.entries()) {
      scratch.add({entry.perms(), {entry.scheme(), entry.id()}});
    }
    is_there = true;
    id = state_->acls.intern(scratch.view());
  }
  return {};
}

Result<> TreeLoader::finish() {
  PADDOCK_ASSERT(!is_finished_);
  if (!has_totals_) return damaged("its totals are missing");
  state_->nodes.rebuild_free_list();
  if (state_->nodes.size() != totals_.nodes()) {
    return damaged(
        fmt::format("it has {} nodes in place of {}", state_->nodes.size(), totals_.nodes()));
  }
  PADDOCK_TRY(adopt_all());
  for (const View path : {View{"/"}, View{"/zookeeper"}, View{"/zookeeper/quota"}, kConfigPath}) {
    if (state_->find(path) == kNoNode) return damaged(fmt::format("it has no node {}", path));
  }
  // Until now each list counted the loader as a user.
  for (const auto& [is_there, id] : acls_) {
    if (is_there && id != kOpenAcl) state_->acls.release(id);
  }
  state_->acls.release_unused();
  enroll_ephemerals();
  state_->last_zxid = Zxid{totals_.zxid()};
  PADDOCK_TRY(check_totals());
  is_finished_ = true;
  return {};
}

/// The index is read and written at random places: each is fetched from memory while the nodes
/// before it are dealt with.
Result<> TreeLoader::adopt_all() {
  state_->index.reserve(state_->nodes.size());
  std::array<std::uint64_t, kAdoptAhead> hashes{};
  const std::uint32_t end = state_->nodes.end();
  for (std::uint32_t ahead = 1; ahead < end + kAdoptAhead; ++ahead) {
    std::uint64_t& hash = hashes[ahead % kAdoptAhead];
    if (ahead > kAdoptAhead) {
      const NodeId id{ahead - kAdoptAhead};
      if (state_->nodes[id].is_live()) PADDOCK_TRY(adopt(id, hash));
    }
    if (ahead >= end || !state_->nodes[NodeId{ahead}].is_live()) continue;
    hash = hash64(state_->nodes[NodeId{ahead}].path());
    state_->index.prefetch(hash);
  }
  return {};
}

Result<> TreeLoader::adopt(NodeId id, std::uint64_t hash) {
  Znode& node = state_->nodes[id];
  PADDOCK_TRY(check_place(node, id));
  PADDOCK_TRY(map_acl(node));
  if (state_->find(node.path(), hash) != kNoNode) return damaged("two nodes have the same path");
  state_->adopt(id, hash);
  if (is_ephemeral(node.owner)) ephemerals_.push_back(id);
  return {};
}

/// A node whose parent has the path that its own says cannot be its own ancestor.
Result<> TreeLoader::check_place(const Znode& node, NodeId id) const {
  const bool is_root = node.path() == "/";
  if (is_root != (id == TreeState::kRoot) || is_root != (node.parent == kNoNode)) {
    return damaged("the root is not where it belongs");
  }
  if (is_root) return {};
  if (static_cast<std::uint32_t>(node.parent) >= state_->nodes.end()) {
    return damaged("a node's parent is missing");
  }
  const Znode& parent = state_->nodes[node.parent];
  if (!parent.is_live()) return damaged("a node's parent is missing");
  if (parent.path() != parent_of(node.path()) || basename(node.path()).empty()) {
    return damaged("a node lies below one that is not its parent");
  }
  if (is_ephemeral(parent.owner)) return damaged("an ephemeral node has children");
  return {};
}

Result<> TreeLoader::map_acl(Znode& node) {
  const auto index = static_cast<std::uint32_t>(node.acl);
  if (index >= acls_.size() || !acls_[index].first) {
    return damaged("a node's access control list is missing");
  }
  node.acl = acls_[index].second;
  state_->acls.use(node.acl);
  return {};
}

void TreeLoader::enroll_ephemerals() {
  std::ranges::sort(ephemerals_, {}, [&](NodeId id) { return state_->nodes[id].czxid; });
  for (const NodeId id : ephemerals_) {
    const Znode& node = state_->nodes[id];
    state_->ephemerals.add(SessionId{node.owner}, node.czxid, id);
  }
}

Result<> TreeLoader::check_totals() const {
  if (state_->ephemerals.count() != totals_.ephemerals()) {
    return damaged("the number of ephemeral nodes is not what it was");
  }
  if (state_->data_bytes != totals_.data_bytes()) {
    return damaged("the size of its data is not what it was");
  }
  if (state_->digest != totals_.digest()) {
    return damaged("its digest is not what it was");
  }
  return {};
}

void TreeLoader::install(DataTree& tree) {
  PADDOCK_ASSERT(is_finished_);
  tree.state_->abandon_walk();
  std::swap(tree.state_, state_);
}

}  // namespace paddock::tree
