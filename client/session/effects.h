// SPDX-License-Identifier: Apache-2.0
//
// What a step of the Session machine asks of its shell, and what it has to tell the user. The shell
// carries it out in this order: hang up, dial, write `output`, probe; then it hands on the notices
// in their order, in which an event always stands before the reply that shows the change.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/byte_buffer.h"
#include "client_session/host_list.h"
#include "client_session/types.h"

namespace paddock::client {

/// The end of a request. `body` is only there if `error` is Ok; it is borrowed from the Session and
/// valid until its next on_received.
struct Reply {
  RequestId id{};
  ErrorCode error = ErrorCode::Ok;
  Zxid zxid;
  View body;
};

struct WatchFired {
  Event event;
  std::vector<WatcherId> watchers;
};

/// Also sent for every failed attempt to connect, with state Connecting. `reason` is for a person.
struct StateChanged {
  SessionState state{};
  std::string reason;
  /// How often each server was tried in vain since the last connection.
  std::uint32_t failed_rounds = 0;
};

using Notice = std::variant<Reply, WatchFired, StateChanged>;

struct Effects {
  /// Drop the present connection, whatever its state; what it still sends is not wanted.
  bool hang_up = false;
  std::optional<Host> dial;
  /// Bytes for the present connection.
  ByteBuffer output;
  /// Ask this server, on another connection, whether it is read-write (`isro`).
  std::optional<Host> probe;
  std::vector<Notice> notices;

  void clear() {
    hang_up = false;
    dial.reset();
    output.clear();
    probe.reset();
    notices.clear();
  }
};

}  // namespace paddock::client
