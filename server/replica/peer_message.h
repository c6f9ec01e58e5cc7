// SPDX-License-Identifier: Apache-2.0
//
// What servers tell one another about requests and sessions, beside the protocol's own messages
// (zab/message.h): a server sends the writes of its clients to the leader, which answers those that
// become no transaction; the others are answered by the server itself when it applies them. A
// link delivers in order, so a server's requests are ordered, and answered, as it sent them.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/error_code.h"
#include "base/ids.h"
#include "gate/core_batch.h"
#include "jute/opcode.h"
#include "replica/origin.h"
#include "zab/message.h"

namespace paddock::replica {

/// A client's request on its way to the leader. Source: ZooKeeper REQUEST, REVALIDATE.
struct Forwarded {
  RequestId id{};
  /// Write, CreateSession or AttachSession.
  gate::CoreKind kind{};
  jute::Opcode opcode{};
  std::int32_t xid = 0;
  std::int32_t timeout_ms = 0;
  SessionId session{};
  std::string payload;
  /// The connection's identities, as jute Ids.
  std::string identities;
  std::int32_t identities_count = 0;
  /// The session is known to the sender alone; of CreateSession: was, until now.
  bool is_local = false;
};

struct Requests {
  std::int64_t epoch = 0;
  std::vector<Forwarded> requests;
};

enum class OutcomeKind : std::uint8_t {
  Applied,   // a transaction: told by whoever applies it, never sent
  Reply,     // err and body
  Attached,  // the session lives on the asking server from now on
  Refused,   // there is no such session
  Moved,     // the session lives elsewhere: the connection is closed
};

/// What became of a request that became no transaction.
struct Outcome {
  RequestId id{};
  OutcomeKind kind{};
  ErrorCode err = ErrorCode::Ok;
  /// The connection is closed after the reply.
  bool close_connection = false;
  /// Told to the client once everything up to here is applied.
  Zxid after{};
  std::string body{};
};

struct Outcomes {
  std::int64_t epoch = 0;
  std::vector<Outcome> outcomes;
};

/// Sessions of the sender's connections that were heard of. Source: ZooKeeper PING of a learner.
struct SessionTouches {
  std::int64_t epoch = 0;
  std::vector<SessionId> sessions;
};

/// What the sender's tree was after `zxid`. The leader asks with its own, and is answered with the
/// learner's. Source of the idea: ZooKeeper TxnDigest.
struct TreeDigest {
  std::int64_t epoch = 0;
  Zxid zxid;
  std::uint64_t digest = 0;
};

/// A quorum's trees after `zxid` were equal, and the receiver's was another one.
struct Rebuild {
  std::int64_t epoch = 0;
  Zxid zxid;
};

/// The sender's disk is nearly full, or is not any more.
struct DiskSpace {
  std::int64_t epoch = 0;
  bool is_nearly_full = false;
};

using PeerMessage =
    std::variant<zab::Message, Requests, Outcomes, SessionTouches, TreeDigest, Rebuild, DiskSpace>;

struct PeerEnvelope {
  ServerId to{};
  PeerMessage message;
};

}  // namespace paddock::replica
