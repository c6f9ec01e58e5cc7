// SPDX-License-Identifier: Apache-2.0
//
// Makes a data directory out of a state, for a server to start from. It grows under another name
// and takes its own in the last step, so that a crash leaves nothing that looks whole and is not.
// One thread.
#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"
#include "base/ids.h"
#include "data/state.h"

namespace paddock::data {

struct Place {
  /// dataDir and, if it is another, dataLogDir. They must exist and hold no server's data.
  std::string data;
  std::string log{};
  /// myid; 0: of a standalone server.
  ServerId server{0};
  /// What the server has promised to leaders, at least.
  std::int64_t epoch = 0;
};

/// The new log begins behind the state. *Errors*: with what to do; nothing is there then.
[[nodiscard]] Result<> place_state(const State& state, const Place& place, WallTime now);

}  // namespace paddock::data
