// SPDX-License-Identifier: Apache-2.0
#include "model.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "jute/reader.h"
#include "tree/data_tree.h"

namespace paddock::tree {
namespace {

[[nodiscard]] std::string parent_path(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

template <class List>
[[nodiscard]] std::vector<AclEntry> entries_of(const List& list) {
  std::vector<AclEntry> entries;
  for (const auto& acl : list) entries.push_back({acl.perms(), acl.scheme(), acl.id()});
  return entries;
}

template <class Op>
[[nodiscard]] std::optional<std::string> data_of(const Op& op) {
  return op.has_data() ? std::optional(op.data()) : std::nullopt;
}

[[nodiscard]] std::vector<std::string> sorted_children(const DataTree& tree, const Znode& node) {
  ByteBuffer out;
  tree.write_children(node, out);
  jute::Reader reader(out.view());
  jute::List<View> list;
  EXPECT_TRUE(reader.get(list));
  std::vector<std::string> names;
  for (const View name : list) names.emplace_back(name);
  std::ranges::sort(names);
  return names;
}

void expect_equal_node(const DataTree& tree,
                       const Model& model,
                       const std::string& path,
                       const ModelNode& expected) {
  const Znode* const found = tree.find(path);
  ASSERT_NE(found, nullptr) << path;
  const NodeView view = tree.view(*found);
  EXPECT_EQ(view.path, path);
  EXPECT_EQ(is_null(view.data), !expected.data.has_value()) << path;
  EXPECT_EQ(view.data, expected.data.value_or("")) << path;
  EXPECT_EQ(view.owner, expected.owner) << path;
  EXPECT_EQ(view.cversion, expected.cversion) << path;
  EXPECT_EQ(view.stat, model.stat(path)) << path;
  EXPECT_EQ(view.stat, tree.stat(*found)) << path;
  EXPECT_THAT(tree.acl_entries(view.acl), testing::ElementsAreArray(expected.acl)) << path;
  EXPECT_EQ(sorted_children(tree, *found), model.children(path)) << path;
}

}  // namespace

Model::Model() {
  nodes_["/"] = {};
  nodes_["/zookeeper"] = {};
  nodes_["/zookeeper/quota"] = {};
  nodes_["/zookeeper/config"] = {.acl = {{1, "world", "anyone"}}, .aversion = -1};
}

void Model::apply(const txn::pb::Txn& txn) {
  for (const txn::pb::Op& op : txn.ops()) {
    if (op.has_create()) create(txn, op.create());
    if (op.has_delete_()) remove(op.delete_().path(), txn.zxid());
    if (op.has_set_data()) {
      ModelNode& node = nodes_.at(op.set_data().path());
      node.data = data_of(op.set_data());
      node.version = op.set_data().version();
      node.mzxid = txn.zxid();
      node.mtime = txn.time_ms();
    }
    if (op.has_set_acl()) {
      ModelNode& node = nodes_.at(op.set_acl().path());
      node.acl = entries_of(op.set_acl().acl());
      node.aversion = op.set_acl().version();
    }
    if (!op.has_close_session()) continue;
    std::vector<std::string> owned;
    for (const auto& [path, node] : nodes_) {
      if (node.owner == txn.session()) owned.push_back(path);
    }
    for (const std::string& path : owned) remove(path, txn.zxid());
  }
}

void Model::create(const txn::pb::Txn& txn, const txn::pb::Create& op) {
  ModelNode& parent = nodes_.at(parent_path(op.path()));
  parent.cversion = op.parent_cversion();
  parent.pzxid = txn.zxid();
  nodes_[op.path()] = {.data = data_of(op),
                       .acl = entries_of(op.acl()),
                       .owner = op.owner(),
                       .czxid = txn.zxid(),
                       .mzxid = txn.zxid(),
                       .pzxid = txn.zxid(),
                       .ctime = txn.time_ms(),
                       .mtime = txn.time_ms()};
}

void Model::remove(const std::string& path, std::int64_t zxid) {
  nodes_.erase(path);
  nodes_.at(parent_path(path)).pzxid = zxid;
}

std::vector<std::string> Model::children(const std::string& path) const {
  const std::string prefix = path == "/" ? path : path + "/";
  std::vector<std::string> names;
  for (auto each = nodes_.lower_bound(prefix); each != nodes_.end(); ++each) {
    if (!each->first.starts_with(prefix)) break;
    const std::string name = each->first.substr(prefix.size());
    if (!name.empty() && name.find('/') == std::string::npos) names.push_back(name);
  }
  return names;
}

jute::Stat Model::stat(const std::string& path) const {
  const ModelNode& node = nodes_.at(path);
  const auto num_children = static_cast<std::int32_t>(children(path).size());
  return {.czxid = node.czxid,
          .mzxid = node.mzxid,
          .ctime = node.ctime,
          .mtime = node.mtime,
          .version = node.version,
          .cversion = node.cversion * 2 - num_children,
          .aversion = node.aversion,
          .ephemeral_owner = is_ephemeral(node.owner) ? node.owner : 0,
          .data_length = static_cast<std::int32_t>(node.data.value_or("").size()),
          .num_children = num_children,
          .pzxid = node.pzxid};
}

void expect_equal(const DataTree& tree, const Model& model) {
  EXPECT_EQ(tree.counts().nodes, model.nodes().size() + 1);
  std::size_t ephemerals = 0;
  std::int64_t bytes = 0;
  for (const auto& [path, node] : model.nodes()) {
    expect_equal_node(tree, model, path, node);
    if (is_ephemeral(node.owner)) ++ephemerals;
    bytes += static_cast<std::int64_t>(path.size() + node.data.value_or("").size());
  }
  EXPECT_EQ(tree.counts().ephemerals, ephemerals);
  EXPECT_EQ(tree.counts().data_bytes, bytes);
}

}  // namespace paddock::tree
