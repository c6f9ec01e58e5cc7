// SPDX-License-Identifier: Apache-2.0
//
// The sessions as a chunk of a snapshot (snapshot_sessions.proto).
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/ids.h"
#include "base/time.h"

namespace paddock::runtime {

using SessionList = std::vector<std::pair<SessionId, milliseconds>>;

[[nodiscard]] std::string encode_sessions(const SessionList& sessions);

/// Calls `each` for every session of an encoded chunk. *Errors*: bytes that are no such chunk.
[[nodiscard]] Result<> for_each_session(View chunk,
                                        const std::function<void(SessionId, milliseconds)>& each);

}  // namespace paddock::runtime
