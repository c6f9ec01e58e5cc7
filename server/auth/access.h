// SPDX-License-Identifier: Apache-2.0
//
// Access control: whether identities permit an operation, and what a client's list becomes when it
// is stored. Source: ZooKeeper PrepRequestProcessor.fixupACL, ZKDatabase/ZooKeeperServer.checkACL.
#pragma once

#include <expected>
#include <span>
#include <vector>

#include "auth/identities.h"
#include "base/error_code.h"
#include "jute/writer.h"
#include "tree/data_tree.h"

namespace paddock::auth {

/// Whether one of `identities` has one of the permission bits `perms` by `acl`, or is a super user.
/// `world:anyone` entries match everybody; an empty list permits everything.
[[nodiscard]] bool permits(std::span<const tree::AclEntry> acl,
                           std::int32_t perms,
                           Identities identities);

/// Whether a super user is among the identities.
[[nodiscard]] bool is_super(Identities identities);

/// The schemes, besides world, auth and ip, that a list may name.
struct AclSchemes {
  bool digest = true;
  bool x509 = false;  // and san
  bool sasl = false;
  bool jwt = false;
};

/// What is stored for a client's list: duplicates gone, `auth` replaced by the connection's own
/// authenticated identities, every id checked by its scheme.
/// *Errors*: InvalidAcl (null, empty, unknown scheme, malformed id, `auth` without an identity or
/// with thousands of them); MarshallingError (a null id, where the scheme needs one).
[[nodiscard]] std::expected<std::vector<tree::AclEntry>, ErrorCode> fixup_acl(
    const jute::List<jute::Acl>& acl, Identities identities, const AclSchemes& schemes = {});

/// Whether a client's list is exactly world:anyone with all permissions, which is stored as it is.
[[nodiscard]] bool is_open_acl(const jute::List<jute::Acl>& acl);

/// What a reader of a list is shown of digest ids: all, or `user:x` (CVE-2019-0201).
enum class AclDisclosure : std::uint8_t {
  Full,
  Masked
};

/// Appends a list as getACL answers it.
void write_acl(std::span<const tree::AclEntry> acl, AclDisclosure disclosure, jute::Writer& out);

}  // namespace paddock::auth
