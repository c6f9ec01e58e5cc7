// SPDX-License-Identifier: Apache-2.0
//
// One thing that somebody did, as the audit log tells it. A value; what is empty is left out of the
// line. Source: ZooKeeper audit.AuditEvent, AuditConstants; from Authenticate on they are Paddock's
// own.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/time.h"

namespace paddock::audit {

enum class Operation : std::uint8_t {
  None,  // nothing that is told
  Create,
  Delete,
  SetData,
  SetAcl,
  Multi,
  Reconfig,
  EphemeralDeletion,  // its session was closed or has expired
  ServerStart,
  ServerStop,
  Authenticate,
  AdminCommand,
  EventsLost,
};

enum class Outcome : std::uint8_t {
  Success,
  Failure,
  Invoked,  // begun; what came of it is not known
};

/// Whom a connection is known as: name only, never what proves it.
struct User {
  std::string scheme;
  std::string name;

  friend bool operator==(const User&, const User&) = default;
};

struct Event {
  WallTime at{};
  SessionId session{};
  std::vector<User> users{};
  std::string ip{};
  Operation operation{};
  std::string znode{};
  View znode_type{};  // of a constant
  std::string acl{};
  std::string scheme{};    // Authenticate
  std::string command{};   // AdminCommand
  std::int64_t count = 0;  // EventsLost
  Outcome outcome{};

  friend bool operator==(const Event&, const Event&) = default;
};

using Events = std::vector<Event>;

}  // namespace paddock::audit
