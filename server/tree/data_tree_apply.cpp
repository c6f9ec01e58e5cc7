// SPDX-License-Identifier: Apache-2.0
//
// What each kind of operation does to the tree. Every value comes from the transaction, so that all
// replicas do the same. A transaction that does not fit means that this replica's tree differs from
// the proposer's, which must not go on.
#include <algorithm>
#include <string>

#include "base/assert.h"
#include "jute/writer.h"
#include "tree/data_tree.h"
#include "tree/path.h"
#include "tree/tree_state.h"
#include "txn/txn.pb.h"

namespace paddock::tree {
namespace {

using AclList = google::protobuf::RepeatedPtrField<txn::pb::Acl>;

[[nodiscard]] AclId intern(TreeState& state, const AclList& list) {
  state.acl_scratch.clear();
  for (const txn::pb::Acl& acl : list) {
    state.acl_scratch.add({acl.perms(), {acl.scheme(), acl.id()}});
  }
  return state.acls.intern(state.acl_scratch.view());
}

/// Absent and empty differ.
template <class Op>
[[nodiscard]] View data_of(const Op& op) {
  return op.has_data() ? View{op.data()} : View{};
}

/// Removes a node and tells its parent and the watchers.
void remove_node(TreeState& state, NodeId id, std::int64_t zxid, Changes& changes) {
  count_removed(state, id);
  const Znode& node = state.nodes[id];
  const NodeId parent = node.parent;
  changes.add(jute::EventType::NodeDeleted, node.path(), node.acl);
  state.remove(id);
  state.change_stat(parent, [&](Znode& changed) { changed.pzxid = zxid; });
  const Znode& left = state.nodes[parent];
  changes.add(jute::EventType::NodeChildrenChanged, left.path(), left.acl);
}

}  // namespace

void DataTree::apply(const txn::pb::Txn& txn, Changes& changes) {
  PADDOCK_ASSERT(Zxid{txn.zxid()} > state_->last_zxid);
  for (const txn::pb::Op& op : txn.ops()) changes.stats().push_back(apply_op(txn, op, changes));
  state_->last_zxid = Zxid{txn.zxid()};
}

jute::Stat DataTree::apply_op(const txn::pb::Txn& txn, const txn::pb::Op& op, Changes& changes) {
  switch (op.change_case()) {
    case txn::pb::Op::kCreate:
      return create(txn, op.create(), changes);
    case txn::pb::Op::kDelete:
      remove(txn, op.delete_(), changes);
      return {};
    case txn::pb::Op::kSetData:
      return set_data(txn, op.set_data(), changes);
    case txn::pb::Op::kSetAcl:
      return set_acl(op.set_acl());
    case txn::pb::Op::kCloseSession:
      close_session(txn, changes);
      return {};
    case txn::pb::Op::kCheck:
    case txn::pb::Op::kCreateSession:
    case txn::pb::Op::kMoveSession:
      return {};
    case txn::pb::Op::CHANGE_NOT_SET:
      break;
  }
  // Only a server of a newer feature level proposes what this one does not know.
  PADDOCK_UNREACHABLE();
}

jute::Stat DataTree::create(const txn::pb::Txn& txn, const txn::pb::Create& op, Changes& changes) {
  TreeState& state = *state_;
  const View path = op.path();
  const NodeId parent = state.find(parent_of(path));
  PADDOCK_ASSERT(parent != kNoNode);
  PADDOCK_ASSERT(state.find(path) == kNoNode);
  PADDOCK_ASSERT(!is_ephemeral(state.nodes[parent].owner));

  state.change_stat(parent, [&](Znode& node) {
    node.cversion = op.parent_cversion();
    node.pzxid = txn.zxid();
  });
  const NodeId id = state.add({.path = path,
                               .data = data_of(op),
                               .parent = parent,
                               .acl = intern(state, op.acl()),
                               .owner = op.owner(),
                               .zxid = txn.zxid(),
                               .time_ms = txn.time_ms()});
  if (is_ephemeral(op.owner())) {
    state.ephemerals.add(SessionId{op.owner()}, txn.zxid(), id);
    changes.note_owner(SessionId{op.owner()});
  }

  const Znode& node = state.nodes[id];
  const Znode& above = state.nodes[parent];
  changes.add(jute::EventType::NodeCreated, path, node.acl);
  changes.add(jute::EventType::NodeChildrenChanged, above.path(), above.acl);
  // As the client sees it: a new statistics node is filled in after that.
  const jute::Stat stat = TreeState::stat(node);
  count_created(state, id);
  return stat;
}

void DataTree::remove(const txn::pb::Txn& txn, const txn::pb::Delete& op, Changes& changes) {
  const NodeId id = state_->find(op.path());
  PADDOCK_ASSERT(id != kNoNode);
  const Znode& node = state_->nodes[id];
  if (is_ephemeral(node.owner)) {
    state_->ephemerals.remove(SessionId{node.owner}, node.czxid, id);
    changes.note_owner(SessionId{node.owner});
  }
  remove_node(*state_, id, txn.zxid(), changes);
}

jute::Stat DataTree::set_data(const txn::pb::Txn& txn,
                              const txn::pb::SetData& op,
                              Changes& changes) {
  const NodeId id = state_->find(op.path());
  PADDOCK_ASSERT(id != kNoNode);
  const Znode& node = state_->nodes[id];
  const std::int64_t length_before = node.data_length;
  state_->set_data(id, data_of(op), [&](Znode& changed) {
    changed.version = op.version();
    changed.mzxid = txn.zxid();
    changed.mtime = txn.time_ms();
  });
  changes.add(jute::EventType::NodeDataChanged, node.path(), node.acl);
  const jute::Stat stat = TreeState::stat(node);
  count_changed(*state_, id, node.data_length - length_before);
  return stat;
}

jute::Stat DataTree::set_acl(const txn::pb::SetAcl& op) {
  const NodeId id = state_->find(op.path());
  PADDOCK_ASSERT(id != kNoNode);
  const AclId acl = intern(*state_, op.acl());
  state_->change_stat(id, [&](Znode& node) {
    state_->acls.release(node.acl);
    node.acl = acl;
    node.aversion = op.version();
  });
  return TreeState::stat(state_->nodes[id]);
}

void DataTree::close_session(const txn::pb::Txn& txn, Changes& changes) {
  auto entries = state_->ephemerals.take(SessionId{txn.session()});
  // Nodes of one transaction go by path: the order in it is not kept by a snapshot.
  std::ranges::sort(entries, [&](const Ephemerals::Entry& a, const Ephemerals::Entry& b) {
    if (a.czxid != b.czxid) return a.czxid < b.czxid;
    return state_->nodes[a.id].path() < state_->nodes[b.id].path();
  });
  if (!entries.empty()) changes.note_owner(SessionId{txn.session()});
  for (const Ephemerals::Entry& entry : entries) {
    remove_node(*state_, entry.id, txn.zxid(), changes);
  }
}

}  // namespace paddock::tree
