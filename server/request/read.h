// SPDX-License-Identifier: Apache-2.0
//
// The meaning of read requests: one call answers one request from the tree, straight into the
// output. Called by shards inside a read gate. Source: ZooKeeper FinalRequestProcessor.
#pragma once

#include "auth/identities.h"
#include "base/error_code.h"
#include "base/ids.h"
#include "jute/opcode.h"
#include "jute/writer.h"
#include "tree/data_tree.h"

namespace paddock::request {

/// Which table of watches a read wants its path in.
enum class WatchWish : std::uint8_t {
  None,
  Data,
  Child
};

struct ReadRequest {
  jute::Opcode opcode{};
  View payload;
  SessionId session{};
  auth::Identities identities;
  /// Nothing is refused for want of a permission (skipACL=yes).
  bool skip_acl = false;
};

struct ReadOutcome {
  ErrorCode err = ErrorCode::Ok;
  /// Wanted also with NoNode for exists. `path` points into the payload.
  WatchWish wish = WatchWish::None;
  View path;
};

/// Whether an opcode is answered by read(): exists, getData, getACL, getChildren, getChildren2,
/// getEphemerals, getAllChildrenNumber, multiRead.
[[nodiscard]] bool is_read(jute::Opcode opcode);

/// Answers a request for which is_read(). With Ok the record has been appended to `out`; with an
/// error nothing was.
[[nodiscard]] ReadOutcome read(const tree::DataTree& tree,
                               const ReadRequest& request,
                               jute::Writer& out);

}  // namespace paddock::request
