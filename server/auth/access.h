// SPDX-License-Identifier: Apache-2.0
//
// Access control: whether identities permit an operation, and what a client's list becomes when it is
// stored. Source: ZooKeeper PrepRequestProcessor.fixupACL, ZKDatabase/ZooKeeperServer.checkACL.
#pragma once

#include <expected>
#include <span>
#include <vector>

#include "auth/identities.h"
#include "base/error_code.h"
#include "tree/data_tree.h"

namespace paddock::auth {

/// Whether one of `identities` has one of the permission bits `perms` by `acl`, or is a super user.
/// `world:anyone` entries match everybody; an empty list permits everything.
[[nodiscard]] bool permits(std::span<const tree::AclEntry> acl, std::int32_t perms, Identities identities);

/// Whether a super user is among the identities.
[[nodiscard]] bool is_super(Identities identities);

/// What is stored for a client's list: duplicates gone, `auth` replaced by the connection's own
/// authenticated identities, every id checked by its scheme.
/// *Errors*: InvalidAcl (null, empty, unknown scheme, malformed id, `auth` without an identity).
[[nodiscard]] std::expected<std::vector<tree::AclEntry>, ErrorCode> fixup_acl(
    const jute::List<jute::Acl>& acl, Identities identities);

}  // namespace paddock::auth
