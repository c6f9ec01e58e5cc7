// SPDX-License-Identifier: Apache-2.0
//
// What the stub answers: frames of the right shape that say nothing, made without looking anything
// up.
#pragma once

#include <cstdint>

#include "base/byte_buffer.h"
#include "base/bytes.h"
#include "jute/records.h"

namespace paddock::stub {

/// Whether a request must be logged before it is answered.
[[nodiscard]] bool is_write(jute::Opcode type);

/// The reply to the first frame of a connection: a session, the same one if the client names one.
/// False if the frame is no handshake.
[[nodiscard]] bool put_handshake_reply(ByteBuffer& out, View request, std::int64_t new_session);

/// Whether a handshake that was answered asked for a new session, which is a write.
[[nodiscard]] bool asks_for_new_session(View handshake);

/// Appends the reply to a request whose header was `header` and whose record is `body`.
void put_reply(ByteBuffer& out, const jute::RequestHeader& header, View body, std::int64_t zxid);

/// Appends a NodeDataChanged event.
void put_event(ByteBuffer& out, View path, std::int64_t zxid);

}  // namespace paddock::stub
