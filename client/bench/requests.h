// SPDX-License-Identifier: Apache-2.0
//
// Encodes the requests of a load into a connection's output buffer, and reads what a reply says.
// Pure; allocates nothing but what the buffer grows by.
#pragma once

#include <cstdint>
#include <span>

#include "base/byte_buffer.h"
#include "base/bytes.h"
#include "jute/records.h"

namespace paddock::bench {

struct NewNode {
  View path;
  View data;
  jute::CreateMode mode = jute::CreateMode::Persistent;
};

/// Every function appends one frame with the given xid.
void put_get(ByteBuffer& out, std::int32_t xid, const jute::PathWatchRequest& request);
void put_exists(ByteBuffer& out, std::int32_t xid, const jute::PathWatchRequest& request);
void put_children(ByteBuffer& out, std::int32_t xid, View path);
void put_set(ByteBuffer& out, std::int32_t xid, const jute::SetDataRequest& request);
void put_create(ByteBuffer& out, std::int32_t xid, const NewNode& node);
void put_delete(ByteBuffer& out, std::int32_t xid, View path);
void put_sync(ByteBuffer& out, std::int32_t xid, View path);
void put_ping(ByteBuffer& out);
/// `addauth SCHEME AUTH`; its reply has the xid jute::kXidAuth.
void put_auth(ByteBuffer& out, View scheme, View auth);
void put_close_session(ByteBuffer& out, std::int32_t xid);

/// A multi under construction: add operations, then finish().
class MultiRequest {
 public:
  MultiRequest(ByteBuffer& out, std::int32_t xid);
  void create(const NewNode& node);
  void set(const jute::SetDataRequest& request);
  void remove(View path);
  void finish();

 private:
  ByteBuffer* out_;
  std::size_t start_;
};

struct Reply {
  jute::ReplyHeader header;
  View body;
};

/// False if the frame is too short to be a reply.
[[nodiscard]] bool parse_reply(View frame, Reply& reply);

/// The first error among a multi's results; Ok if it succeeded.
[[nodiscard]] ErrorCode multi_error(View body);

}  // namespace paddock::bench
