// SPDX-License-Identifier: Apache-2.0
//
// Transactions as Apache ZooKeeper logs them, of all versions since 3.4. Source: ZooKeeper
// SerializeUtils.deserializeTxn.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "apache/input.h"
#include "apache/tree.h"
#include "base/bytes.h"
#include "base/error.h"

namespace paddock::apache {

enum class Type : std::int32_t {
  Error = -1,
  CreateSession = -10,
  CloseSession = -11,
  Create = 1,
  Delete = 2,
  SetData = 5,
  SetAcl = 7,
  Check = 13,
  Multi = 14,
  Create2 = 15,
  Reconfig = 16,
  CreateContainer = 19,
  DeleteContainer = 20,
  CreateTtl = 21,
};

/// What one operation does; which of the fields mean something follows from the type.
struct Change {
  Type type = Type::Error;
  View path{};
  View data{};
  AclList acl{};
  bool is_ephemeral = false;
  std::int64_t ttl_ms = 0;
  /// Of the node, or of the parent (creation); the error; the timeout of a session.
  std::int32_t number = 0;
  std::vector<View> paths{};  // that a closed session owned
};

/// What the whole tree's digest is after it.
struct TxnDigest {
  std::int32_t version = 0;
  std::uint64_t value = 0;
};

struct Txn {
  std::int64_t session = 0;
  std::int32_t cxid = 0;
  std::int64_t zxid = 0;
  std::int64_t time_ms = 0;
  Type type = Type::Error;
  std::vector<Change> changes{};  // one, or those of a multi
  std::optional<TxnDigest> digest{};
};

/// Takes a transaction from the bytes of one log entry, which it borrows. *Errors*: what is wrong
/// with it.
[[nodiscard]] Result<Txn> parse_txn(View bytes);

/// Applies it to a tree that may have it already; sessions are the caller's.
void apply(const Txn& txn, Tree& tree);

}  // namespace paddock::apache
