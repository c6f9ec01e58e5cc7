// SPDX-License-Identifier: Apache-2.0
#include "request/judge.h"

#include "auth/access.h"
#include "base/assert.h"
#include "request/path.h"
#include "request/txn_fields.h"
#include "tree/quota.h"

namespace paddock::request {

namespace {

constexpr std::int32_t kAnyVersion = -1;

bool is_expected(std::int32_t current, std::int32_t expected) {
  return expected == kAnyVersion || expected == current;
}

/// Whether what is used and what is added pass a hard limit, if there is one. What adds nothing
/// passes.
bool exceeds(std::int64_t used, std::int64_t added, std::int64_t limit) {
  return added != 0 && limit >= 0 && tree::add_wrapping(used, added) > limit;
}

/// Versions wrap around, but skip the one that means "any" (ZOOKEEPER-4743).
std::int32_t next_version(std::int32_t current) {
  const auto next = static_cast<std::int32_t>(static_cast<std::uint32_t>(current) + 1);
  return next == kAnyVersion ? 0 : next;
}

}  // namespace

ErrorCode Judge::judge(const Operation& op, const Author& author, txn::pb::Op& out) {
  out.set_opcode(static_cast<std::int32_t>(op.opcode));
  if (op.opcode == jute::Opcode::Delete) return remove(op, author, out);
  if (op.opcode == jute::Opcode::SetData) return set_data(op, author, out);
  if (op.opcode == jute::Opcode::SetAcl) return set_acl(op, author, out);
  if (op.opcode == jute::Opcode::Check) return check(op, author, out);
  return create(op, author, out);
}

ErrorCode Judge::remove(const Operation& op, const Author& author, txn::pb::Op& out) {
  if (author.standing != ErrorCode::Ok) return author.standing;
  if (is_null(op.path)) return ErrorCode::MarshallingError;
  if (!has_parent(op.path) || is_special_path(op.path)) return ErrorCode::BadArguments;
  const View parent_path = parent_of(op.path);
  Overlay::Node parent;
  if (!overlay_.look(parent_path, parent)) return ErrorCode::NoNode;
  if (!permits(parent, jute::kPermDelete, author)) return ErrorCode::NoAuth;
  Overlay::Node node;
  if (!overlay_.look(op.path, node)) return ErrorCode::NoNode;
  if (!is_expected(node.state.version, op.version)) return ErrorCode::BadVersion;
  if (node.state.children > 0) return ErrorCode::NotEmpty;

  overlay_.change(parent_path).children -= 1;
  overlay_.remove(op.path);
  set_bytes(*out.mutable_delete_()->mutable_path(), op.path);
  return ErrorCode::Ok;
}

ErrorCode Judge::set_data(const Operation& op, const Author& author, txn::pb::Op& out) {
  if (author.standing != ErrorCode::Ok) return author.standing;
  if (!is_valid_path(op.path)) return ErrorCode::BadArguments;
  Overlay::Node node;
  if (!overlay_.look(op.path, node)) return ErrorCode::NoNode;
  if (!permits(node, jute::kPermWrite, author)) return ErrorCode::NoAuth;
  if (options_.is_ensemble && op.path == tree::kConfigPath) return ErrorCode::BadArguments;
  const auto size = static_cast<std::int64_t>(op.data.size());
  if (breaks_quota(op.path, 0, size - node.state.data_size)) return ErrorCode::QuotaExceeded;
  if (!is_expected(node.state.version, op.version)) return ErrorCode::BadVersion;

  NodeState& state = overlay_.change(op.path);
  state.version = next_version(state.version);
  state.data_size = size;
  txn::pb::SetData& change = *out.mutable_set_data();
  set_bytes(*change.mutable_path(), op.path);
  if (!is_null(op.data)) set_bytes(*change.mutable_data(), op.data);
  change.set_version(state.version);
  return ErrorCode::Ok;
}

ErrorCode Judge::may_configure(const Author& author) const {
  if (author.standing != ErrorCode::Ok) return author.standing;
  Overlay::Node node;
  const bool is_there = overlay_.look(tree::kConfigPath, node);
  PADDOCK_ASSERT(is_there);
  return permits(node, jute::kPermWrite, author) ? ErrorCode::Ok : ErrorCode::NoAuth;
}

ErrorCode Judge::set_acl(const Operation& op, const Author& author, txn::pb::Op& out) {
  if (author.standing != ErrorCode::Ok) return author.standing;
  if (!is_valid_path(op.path)) return ErrorCode::BadArguments;
  AclEntries acl;
  if (const ErrorCode err = fixup_acl(op, author, acl); err != ErrorCode::Ok) return err;
  Overlay::Node node;
  if (!overlay_.look(op.path, node)) return ErrorCode::NoNode;
  if (!permits(node, jute::kPermAdmin, author)) return ErrorCode::NoAuth;
  if (!is_expected(node.state.aversion, op.version)) return ErrorCode::BadVersion;

  NodeState& state = overlay_.change(op.path);
  state.aversion = next_version(state.aversion);
  txn::pb::SetAcl& change = *out.mutable_set_acl();
  set_bytes(*change.mutable_path(), op.path);
  set_acl_entries(*change.mutable_acl(), acl);
  change.set_version(state.aversion);
  overlay_.set_acl(op.path, std::move(acl));
  return ErrorCode::Ok;
}

ErrorCode Judge::check(const Operation& op, const Author& author, txn::pb::Op& out) {
  if (author.standing != ErrorCode::Ok) return author.standing;
  if (!is_valid_path(op.path)) return ErrorCode::BadArguments;
  Overlay::Node node;
  if (!overlay_.look(op.path, node)) return ErrorCode::NoNode;
  if (!permits(node, jute::kPermRead, author)) return ErrorCode::NoAuth;
  if (!is_expected(node.state.version, op.version)) return ErrorCode::BadVersion;

  set_bytes(*out.mutable_check()->mutable_path(), op.path);
  return ErrorCode::Ok;
}

ErrorCode Judge::fixup_acl(const Operation& op, const Author& author, AclEntries& into) const {
  if (auth::is_open_acl(op.acl)) return ErrorCode::Ok;
  auto fixed = auth::fixup_acl(op.acl, author.identities, options_.acl_schemes);
  if (!fixed) return fixed.error();
  into = std::move(*fixed);
  return ErrorCode::Ok;
}

bool Judge::permits(const Overlay::Node& node, std::int32_t perms, const Author& author) const {
  return node.acl.empty() || options_.skip_acl || auth::permits(node.acl, perms, author.identities);
}

// As in ZooKeeper what is *applied* counts, so a pipelined burst can overshoot.
bool Judge::breaks_quota(View path, std::int64_t nodes, std::int64_t bytes) const {
  if (!options_.enforce_quota) return false;
  const auto quota = tree_.quota_of(path);
  return quota && (exceeds(quota->count, nodes, quota->count_hard_limit) ||
                   exceeds(quota->bytes, bytes, quota->bytes_hard_limit));
}

}  // namespace paddock::request
