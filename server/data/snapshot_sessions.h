// SPDX-License-Identifier: Apache-2.0
//
// The sessions as a chunk of a snapshot (snapshot_sessions.proto).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "session/session_table.h"

namespace paddock::data {

using SessionList = std::vector<session::Session>;

[[nodiscard]] std::string encode_sessions(const SessionList& sessions);

/// Calls `each` for every session of an encoded chunk. *Errors*: bytes that are no such chunk.
[[nodiscard]] Result<> for_each_session(View chunk,
                                        const std::function<void(const session::Session&)>& each);

}  // namespace paddock::data
