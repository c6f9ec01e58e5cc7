// SPDX-License-Identifier: Apache-2.0
//
// The requests of one shard's connections that are on their way, for the audit log: each is told
// when it is answered, also if its client has gone meanwhile. Owned by the shard. Invariant: a
// connection's notes are in the order in which its requests are answered.
#pragma once

#include <deque>
#include <optional>
#include <string>

#include <boost/unordered/unordered_flat_map.hpp>

#include "audit/event.h"
#include "audit/request_note.h"
#include "base/ids.h"
#include "base/time.h"

namespace paddock::audit {

/// Whose request it is.
struct Client {
  SessionId session{};
  auth::Identities identities{};
  View ip{};
};

class Trail {
 public:
  /// A request goes to the core; each that is answered by on_reply() is to be noted.
  void on_request(ConnectionId connection,
                  const Client& client,
                  jute::Opcode opcode,
                  std::int32_t xid,
                  View payload);
  /// The core's answer to the oldest of a connection's requests that it answers at all.
  void on_reply(ConnectionId connection, std::int32_t xid, ErrorCode err, View reply, WallTime now);
  /// The client is gone. Answers may still come, for as long as on_tick() waits.
  void on_closed(ConnectionId connection);
  void on_tick(Now now);

  /// Something that is told at once.
  void tell(Event event) { told_.push_back(std::move(event)); }
  /// `client` did something, so far as that is known here.
  [[nodiscard]] static Event event_of(const Client& client, WallTime now);

  /// What is told; the caller empties it.
  [[nodiscard]] Events& told() { return told_; }
  [[nodiscard]] std::size_t connections() const { return open_.size(); }

 private:
  struct Connection {
    SessionId session{};
    std::vector<User> users;
    std::string ip;
    std::deque<RequestNote> notes;
    bool is_closed = false;
    std::optional<MonotonicTime> waits_since;  // the first tick after it was closed
  };
  [[nodiscard]] static Event base_of(const Connection& connection, WallTime now);

  boost::unordered_flat_map<ConnectionId, Connection> open_;  // those with notes
  Events told_;
};

}  // namespace paddock::audit
