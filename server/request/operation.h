// SPDX-License-Identifier: Apache-2.0
//
// One change that a client asks for, in the form in which it is judged: the requests that change
// the tree and the operations of a multi are decoded into it. Views point into the request. Source:
// ZooKeeper MultiOperationRecord, Op.
#pragma once

#include <vector>

#include "base/error_code.h"
#include "jute/opcode.h"
#include "jute/records.h"

namespace paddock::request {

struct Operation {
  jute::Opcode opcode{};
  View path;
  View data;                  // creates, setData
  jute::List<jute::Acl> acl;  // creates, setACL
  jute::CreateMode mode{};    // creates; any number that the client sent
  std::int64_t ttl_ms = -1;   // creates
  std::int32_t version = -1;  // delete, setData, setACL, check
};

/// Whether a create mode is one that exists.
[[nodiscard]] bool is_known_mode(jute::CreateMode mode);
[[nodiscard]] bool is_ephemeral_mode(jute::CreateMode mode);
[[nodiscard]] bool is_sequential_mode(jute::CreateMode mode);
[[nodiscard]] bool is_ttl_mode(jute::CreateMode mode);

/// Whether a local session is upgraded before it may carry this out: the mode alone does not make
/// ephemerals of other kinds of create.
[[nodiscard]] bool needs_upgrade(const Operation& op);

/// Decodes the record of a create of any kind, delete, setData, setACL or check. False if it is
/// malformed or the opcode is none of these.
[[nodiscard]] bool read_operation(jute::Opcode opcode, jute::Reader& in, Operation& into);

/// Decodes the operations of a multi. False if one is malformed or may not be in a multi.
[[nodiscard]] bool read_multi(View payload, std::vector<Operation>& into);

}  // namespace paddock::request
