// SPDX-License-Identifier: Apache-2.0
//
// A tree as one would write it in ten minutes: a sorted map from path to node. The real tree is
// held against it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "jute/records.h"
#include "tree/acl.h"
#include "txn/txn.pb.h"

namespace paddock::tree {

class DataTree;

struct ModelNode {
  std::optional<std::string> data = "";
  std::vector<AclEntry> acl{{31, "world", "anyone"}};
  std::int64_t owner = 0;
  std::int64_t czxid = 0;
  std::int64_t mzxid = 0;
  std::int64_t pzxid = 0;
  std::int64_t ctime = 0;
  std::int64_t mtime = 0;
  std::int32_t version = 0;
  std::int32_t cversion = 0;
  std::int32_t aversion = 0;
};

class Model {
 public:
  /// A fresh tree.
  Model();

  void apply(const txn::pb::Txn& txn);

  [[nodiscard]] const std::map<std::string, ModelNode>& nodes() const { return nodes_; }
  [[nodiscard]] std::vector<std::string> children(const std::string& path) const;
  [[nodiscard]] jute::Stat stat(const std::string& path) const;

 private:
  void create(const txn::pb::Txn& txn, const txn::pb::Create& op);
  void remove(const std::string& path, std::int64_t zxid);

  std::map<std::string, ModelNode> nodes_;
};

/// Fails the test unless the tree has exactly the model's nodes, with their data, lists and stats.
void expect_equal(const DataTree& tree, const Model& model);

}  // namespace paddock::tree
