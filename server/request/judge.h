// SPDX-License-Identifier: Apache-2.0
//
// Judges one operation against the overlay: either an error and nothing has changed, or the
// operation of a transaction and its changes are in the overlay, not committed yet. The order of
// the checks is the order in which ZooKeeper's clients see errors. Owned by the Preparer. Source:
// ZooKeeper PrepRequestProcessor.pRequest2Txn.
#pragma once

#include <string>

#include "auth/identities.h"
#include "base/error_code.h"
#include "request/operation.h"
#include "request/overlay.h"
#include "request/prepare.h"
#include "txn/forward.h"

namespace paddock::request {

/// Who asks.
struct Author {
  SessionId session{};
  /// Ok, or why the session may not change anything.
  ErrorCode standing = ErrorCode::Ok;
  auth::Identities identities;
  /// Known to one server only.
  bool is_local = false;
};

class Judge {
 public:
  Judge(const tree::DataTree& tree, Overlay& overlay, const PrepareOptions& options)
      : tree_(tree), overlay_(overlay), options_(options) {}

  /// Fills the cleared `out` if the result is Ok.
  [[nodiscard]] ErrorCode judge(const Operation& op, const Author& author, txn::pb::Op& out);

  /// Whether the author may change who belongs to the ensemble.
  [[nodiscard]] ErrorCode may_configure(const Author& author) const;

 private:
  [[nodiscard]] ErrorCode create(const Operation& op, const Author& author, txn::pb::Op& out);
  [[nodiscard]] ErrorCode remove(const Operation& op, const Author& author, txn::pb::Op& out);
  [[nodiscard]] ErrorCode set_data(const Operation& op, const Author& author, txn::pb::Op& out);
  [[nodiscard]] ErrorCode set_acl(const Operation& op, const Author& author, txn::pb::Op& out);
  [[nodiscard]] ErrorCode check(const Operation& op, const Author& author, txn::pb::Op& out);

  /// What can be told of a create without looking at the tree.
  [[nodiscard]] ErrorCode judge_create_request(const Operation& op, const Author& author) const;
  /// The list to store; empty if it is the open one.
  [[nodiscard]] ErrorCode fixup_acl(const Operation& op,
                                    const Author& author,
                                    AclEntries& into) const;
  /// The path of the new node: as asked for, or with the parent's count behind it.
  [[nodiscard]] View full_path(const Operation& op, std::int32_t parent_cversion);
  [[nodiscard]] bool permits(const Overlay::Node& node,
                             std::int32_t perms,
                             const Author& author) const;
  [[nodiscard]] bool breaks_quota(View path, std::int64_t nodes, std::int64_t bytes) const;

  const tree::DataTree& tree_;
  Overlay& overlay_;
  const PrepareOptions& options_;
  std::string path_;
};

}  // namespace paddock::request
