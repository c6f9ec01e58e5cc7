// SPDX-License-Identifier: Apache-2.0
//
// A session's password: a pure function of its id, so that nothing is stored and every server
// agrees. Source: ZooKeeper ZooKeeperServer.generatePasswd (java.util.Random's 48-bit generator).
#pragma once

#include <array>

#include "base/ids.h"

namespace paddock::session {

using Password = std::array<char, 16>;

[[nodiscard]] Password password_of(SessionId id);

}  // namespace paddock::session
