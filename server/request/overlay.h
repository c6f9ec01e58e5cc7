// SPDX-License-Identifier: Apache-2.0
//
// The tree as it will be once everything proposed is applied: the applied tree plus, per path, what
// the outstanding transactions change there. A request's changes count at once, so that the later
// operations of a multi see the earlier ones; commit() keeps them, rollback() takes all of them
// back. Owned by the Preparer. Invariant: without outstanding transactions it is empty. Source:
// ZooKeeper ZooKeeperServer.outstandingChanges, PrepRequestProcessor.ChangeRecord.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/ids.h"
#include "tree/data_tree.h"

namespace paddock::request {

/// What a request is judged by.
struct NodeState {
  std::int32_t version = 0;
  std::int32_t aversion = 0;
  std::int32_t cversion = 0;  // as persisted
  std::int32_t children = 0;
  std::int64_t owner = 0;  // as stored
  std::int64_t data_size = 0;
};

using AclEntries = std::vector<tree::AclEntry>;

class Overlay {
 public:
  explicit Overlay(const tree::DataTree& tree) : tree_(tree) {}

  struct Node {
    NodeState state;
    /// Empty: everything is permitted to everybody. Valid until the next change.
    std::span<const tree::AclEntry> acl;
    bool is_pending = false;
  };

  /// Fills `into` with the node as the next request sees it; false if there is none.
  [[nodiscard]] bool look(View path, Node& into) const;

  /// Adds a node that does not exist; `acl` empty means open.
  void create(View path, const NodeState& state, AclEntries acl);
  /// Removes a node that exists.
  void remove(View path);
  /// The state of a node that exists, to be changed in place but for its owner; valid until the
  /// next call.
  [[nodiscard]] NodeState& change(View path);
  void set_acl(View path, AclEntries acl);

  /// The paths of all ephemerals of a session, in no order.
  [[nodiscard]] std::vector<std::string> ephemerals(SessionId session) const;

  /// Keeps the changes since the last commit or rollback until `zxid` is applied.
  void commit(Zxid zxid);
  /// Takes the changes since the last commit or rollback back.
  void rollback();
  /// Forgets what transactions up to `zxid` changed, and nobody after them.
  void on_applied(Zxid zxid);

  /// Whether nothing is outstanding.
  [[nodiscard]] bool empty() const { return entries_.empty(); }

  void check_invariants() const;

 private:
  struct Entry {
    std::string path;
    NodeState state;
    bool exists = false;
    /// The node has the list `acl` of its own and not `acl_id` of the tree.
    bool has_acl = false;
    /// Changed since the last commit or rollback.
    bool is_touched = false;
    tree::AclId acl_id{};
    AclEntries acl;
    /// The last transaction that changed it.
    Zxid last;
  };

  /// What a touched entry was before, or that it was not there.
  struct Undo {
    Entry* entry = nullptr;
    bool is_new = false;
    bool existed = false;
    bool had_acl = false;
    NodeState state;
    tree::AclId acl_id{};
    AclEntries acl;
  };

  struct Outstanding {
    Zxid zxid;
    Entry* entry = nullptr;
  };

  [[nodiscard]] Entry& touch(View path);
  [[nodiscard]] Entry& add_entry(View path);
  void load_from_tree(Entry& entry);
  void set_acl_of(Entry& entry, AclEntries acl);
  void drop(Entry& entry);
  /// Adds to the count of the owner's ephemerals if the entry is one: called with -1 before and
  /// with 1 after each change.
  void count_ephemeral(const Entry& entry, std::int64_t by);

  const tree::DataTree& tree_;
  boost::unordered_flat_map<View, std::unique_ptr<Entry>, ViewHash> entries_;
  std::vector<std::unique_ptr<Entry>> spare_;
  std::vector<Undo> undo_;
  /// In order of zxid, from `first_outstanding_` on.
  std::vector<Outstanding> outstanding_;
  std::size_t first_outstanding_ = 0;
  /// How many entries are ephemerals of whom; only owners that have some.
  boost::unordered_flat_map<std::int64_t, std::int64_t> ephemerals_;
};

}  // namespace paddock::request
