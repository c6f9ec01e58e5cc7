// SPDX-License-Identifier: Apache-2.0
//
// What the differential test does, as data: requests of one session, and steps of a run. A step
// names sessions by slot and zxids by the step that made them, and paths below the root of the run,
// so that the same steps can be played again, on the same servers, in any subset: that is what
// minimising needs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/byte_buffer.h"
#include "jute/opcode.h"

namespace paddock::conformance {

struct AclEntry {
  std::int32_t perms = 0;
  std::string scheme;
  std::string id;
};

/// One request; which fields count depends on the opcode.
struct Request {
  jute::Opcode opcode{};
  std::string path;                 // Below the root of the run, or as it is if `verbatim`.
  bool verbatim = false;            // For paths that are illegal because of how they begin.
  std::optional<std::string> data;  // No value is null.
  std::vector<AclEntry> acl;
  std::int32_t number = 0;  // Create flags, version, watcher type or watch mode.
  std::int64_t ttl_ms = 0;
  bool watch = false;
  std::vector<Request> operations;              // Of multi and multiRead.
  std::vector<std::vector<std::string>> lists;  // Of setWatches (3) and setWatches2 (5).
};

enum class StepKind {
  Batch,      // Requests of one session, sent together, answered in order.
  Reconnect,  // A new connection of the session after the old one was dropped.
  Move,       // A new connection of the session while the old one is open.
  Close,      // closeSession, then a new session in the same slot.
  Refuse,     // A request that ends the connection, then a new one of the session.
  Barrier,    // A ping on every session: all events have arrived.
};

struct Step {
  StepKind kind{};
  std::size_t slot = 0;
  std::vector<Request> requests;
};

/// Where a request is encoded for: the run's root and the zxid that setWatches refers to.
struct EncodingPlace {
  std::string root;
  std::int64_t relative_zxid = 0;
};

/// Appends header and record as one frame.
void encode(const Request& request, std::int32_t xid, const EncodingPlace& place, ByteBuffer& out);

/// One line for a person: "setData /a/b version 3, 17 bytes".
[[nodiscard]] std::string describe(const Request& request);
[[nodiscard]] std::string describe(const Step& step);

}  // namespace paddock::conformance
