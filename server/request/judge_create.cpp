// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include "request/judge.h"
#include "request/path.h"
#include "request/txn_fields.h"

namespace paddock::request {

namespace {

/// What is stored as the owner of a node. The request type decides: a container is one whatever its
/// mode, and the mode of a container makes none by another request type.
std::int64_t owner_of(const Operation& op, SessionId session) {
  if (op.opcode == jute::Opcode::CreateContainer) return tree::kContainerOwner;
  if (op.opcode == jute::Opcode::CreateTtl) return tree::ttl_owner(op.ttl_ms);
  return is_ephemeral_mode(op.mode) ? raw(session) : 0;
}

bool is_valid_ttl(const Operation& op) {
  if (is_ttl_mode(op.mode)) return op.ttl_ms > 0 && op.ttl_ms <= tree::kTtlMsMax;
  return op.opcode != jute::Opcode::CreateTtl;
}

std::int32_t plus_one(std::int32_t count) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(count) + 1);
}

}  // namespace

ErrorCode Judge::create(const Operation& op, const Author& author, txn::pb::Op& out) {
  if (const ErrorCode err = judge_create_request(op, author); err != ErrorCode::Ok) return err;
  AclEntries acl;
  if (const ErrorCode err = fixup_acl(op, author, acl); err != ErrorCode::Ok) return err;
  const View parent_path = parent_of(op.path);
  Overlay::Node parent;
  if (!overlay_.look(parent_path, parent)) return ErrorCode::NoNode;
  if (!permits(parent, jute::kPermCreate, author)) return ErrorCode::NoAuth;
  const View path = full_path(op, parent.state.cversion);
  if (!is_valid_path(path)) return ErrorCode::BadArguments;
  Overlay::Node existing;
  if (overlay_.look(path, existing)) return ErrorCode::NodeExists;
  if (tree::is_ephemeral(parent.state.owner)) return ErrorCode::NoChildrenForEphemerals;
  const auto size = static_cast<std::int64_t>(op.data.size());
  if (breaks_quota(path, 1, size)) return ErrorCode::QuotaExceeded;

  NodeState& parent_state = overlay_.change(parent_path);
  parent_state.children += 1;
  parent_state.cversion = plus_one(parent_state.cversion);
  const std::int64_t owner = owner_of(op, author.session);
  txn::pb::Create& change = *out.mutable_create();
  set_bytes(*change.mutable_path(), path);
  if (!is_null(op.data)) set_bytes(*change.mutable_data(), op.data);
  set_acl_entries(*change.mutable_acl(), acl);
  change.set_owner(owner);
  change.set_parent_cversion(parent_state.cversion);
  overlay_.create(path, {.owner = owner, .data_size = size}, std::move(acl));
  return ErrorCode::Ok;
}

ErrorCode Judge::judge_create_request(const Operation& op, const Author& author) const {
  if (!is_known_mode(op.mode)) return ErrorCode::BadArguments;
  if (is_ttl_mode(op.mode) && !options_.extended_types_enabled) return ErrorCode::Unimplemented;
  if (!is_valid_ttl(op)) return ErrorCode::BadArguments;
  if (author.standing != ErrorCode::Ok) {
    return is_ephemeral_mode(op.mode) ? ErrorCode::SessionExpired : author.standing;
  }
  if (author.is_local && is_ephemeral_mode(op.mode)) {
    return needs_upgrade(op) ? ErrorCode::EphemeralOnLocalSession : ErrorCode::SessionExpired;
  }
  if (is_null(op.path)) return ErrorCode::MarshallingError;
  return has_parent(op.path) ? ErrorCode::Ok : ErrorCode::BadArguments;
}

View Judge::full_path(const Operation& op, std::int32_t parent_cversion) {
  if (!is_sequential_mode(op.mode)) return op.path;
  path_.assign(op.path);
  path_ += fmt::format("{:010}", parent_cversion);
  return path_;
}

}  // namespace paddock::request
