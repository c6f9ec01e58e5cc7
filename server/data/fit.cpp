// SPDX-License-Identifier: Apache-2.0
#include "data/fit.h"

#include <map>

#include <fmt/format.h>

#include "tree/owner.h"
#include "tree/path.h"

namespace paddock::data {
namespace {

/// A node as the operations of one transaction have left it so far.
struct Seen {
  bool exists = false;
  bool is_ephemeral = false;
  std::int64_t children = 0;
};

class Fitting {
 public:
  explicit Fitting(const tree::DataTree& tree) : tree_(tree) {}

  std::string problem_of(const txn::pb::Op& op) {
    switch (op.change_case()) {
      case txn::pb::Op::kCreate:
        return create(op.create());
      case txn::pb::Op::kDelete:
        return remove(op.delete_().path());
      case txn::pb::Op::kSetData:
        return needs(op.set_data().path());
      case txn::pb::Op::kSetAcl:
        return needs(op.set_acl().path());
      case txn::pb::Op::CHANGE_NOT_SET:
        return "it has an operation that this version does not know";
      case txn::pb::Op::kCheck:
      case txn::pb::Op::kCreateSession:
      case txn::pb::Op::kCloseSession:
      case txn::pb::Op::kMoveSession:
        break;
    }
    return {};
  }

 private:
  Seen& look(View path) {
    const auto [at, is_new] = seen_.try_emplace(std::string(path));
    const tree::Znode* const node = is_new ? tree_.find(path) : nullptr;
    if (node == nullptr) return at->second;
    const tree::NodeView view = tree_.view(*node);
    at->second = {true, tree::is_ephemeral(view.owner), view.stat.num_children};
    return at->second;
  }

  std::string create(const txn::pb::Create& op) {
    const View path = op.path();
    if (path.size() < 2 || path.front() != '/') return "it creates a node without a path";
    Seen& node = look(path);
    if (node.exists) return fmt::format("it creates {}, which is there", path);
    Seen& parent = look(tree::parent_of(path));
    if (!parent.exists) return fmt::format("it creates {}, whose parent is not there", path);
    if (parent.is_ephemeral) return fmt::format("it creates {} below an ephemeral node", path);
    ++parent.children;
    node = {true, tree::is_ephemeral(op.owner()), 0};
    return {};
  }

  std::string remove(View path) {
    if (path == "/" || path.empty()) return "it deletes the root";
    Seen& node = look(path);
    if (!node.exists) return fmt::format("it deletes {}, which is not there", path);
    if (node.children != 0) return fmt::format("it deletes {}, which has children", path);
    node = {};
    --look(tree::parent_of(path)).children;
    return {};
  }

  std::string needs(View path) {
    return look(path).exists ? std::string{}
                             : fmt::format("it changes {}, which is not there", path);
  }

  const tree::DataTree& tree_;
  std::map<std::string, Seen, std::less<>> seen_;
};

}  // namespace

std::string misfit(const tree::DataTree& tree, const txn::pb::Txn& txn) {
  Fitting fitting(tree);
  for (const txn::pb::Op& op : txn.ops()) {
    if (std::string problem = fitting.problem_of(op); !problem.empty()) return problem;
  }
  return {};
}

}  // namespace paddock::data
