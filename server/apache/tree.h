// SPDX-License-Identifier: Apache-2.0
//
// A tree as an Apache ZooKeeper server holds it while it starts: changed by transactions that may
// have been applied before, which then change nothing or what is missing. Texts are borrowed from
// the files, which outlive it. Source: ZooKeeper DataTree, DigestCalculator.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include "apache/input.h"
#include "base/bytes.h"
#include "base/hash.h"

namespace paddock::apache {

struct AclLess {
  bool operator()(const AclList& a, const AclList& b) const;
};

/// Which of the tree's lists.
using AclIndex = std::uint32_t;

struct Node {
  View path{};  // of the root: empty
  View data{};  // null if it is
  AclIndex acl = 0;
  std::int64_t czxid = 0;
  std::int64_t mzxid = 0;
  std::int64_t pzxid = 0;
  std::int64_t ctime = 0;
  std::int64_t mtime = 0;
  std::int64_t owner = 0;
  std::int32_t version = 0;
  std::int32_t cversion = 0;
  std::int32_t aversion = 0;
  std::uint32_t digest = 0;
  bool is_live = false;
};

/// A node's part of the digest: CRC32 of path, data and stat. 0 below /zookeeper.
[[nodiscard]] std::uint32_t digest_of(const Node& node);

class Tree {
 public:
  Tree();

  [[nodiscard]] AclIndex intern(const AclList& list);
  [[nodiscard]] const AclList& acl(AclIndex index) const { return *acls_[index]; }
  /// Null: there is none.
  [[nodiscard]] const Node* find(View path) const;
  [[nodiscard]] std::size_t acl_count() const { return acls_.size(); }
  [[nodiscard]] std::size_t size() const { return index_.size(); }
  [[nodiscard]] std::uint64_t digest() const { return digest_; }
  [[nodiscard]] const std::deque<Node>& nodes() const { return nodes_; }

  /// Of a snapshot: its parent must have come before. False: it has not, or the node is there.
  [[nodiscard]] bool load(Node node);

  struct Created {
    View path{};
    View data{};
    AclIndex acl = 0;
    std::int64_t owner = 0;
    std::int64_t zxid = 0;
    std::int64_t time = 0;
    std::int32_t parent_cversion = 0;  // -1: one more than it is
    /// Of the first kind of create: a node that is there raises its parent's versions none the
    /// less.
    bool adjusts_parent = false;
  };
  void create(const Created& created);
  void remove(View path, std::int64_t zxid);
  void set_data(View path, View data, std::int32_t version, std::int64_t zxid, std::int64_t time);
  void set_acl(View path, AclIndex acl, std::int32_t version);
  /// Removes `paths`, and then what the session owns.
  void close_session(std::int64_t session, const std::vector<View>& paths, std::int64_t zxid);
  /// Exchanges the data and nothing else.
  void rewrite(View path, std::string data);

 private:
  using Id = std::uint32_t;
  Node* look(View path);
  template <class Change>
  void change(Node& node, Change&& how) {
    digest_ -= node.digest;
    how(node);
    node.digest = digest_of(node);
    digest_ += node.digest;
  }
  void raise(Node& parent, std::int32_t cversion, std::int64_t zxid);
  void enroll(const Node& node);

  std::deque<Node> nodes_;
  std::deque<std::string> texts_;  // that are in no file
  boost::unordered_flat_map<View, Id, ViewHash> index_;
  std::map<std::int64_t, boost::unordered_flat_set<View, ViewHash>> ephemerals_;
  std::map<AclList, AclIndex, AclLess> acl_index_;
  std::vector<const AclList*> acls_;
  std::uint64_t digest_ = 0;
};

}  // namespace paddock::apache
