// SPDX-License-Identifier: Apache-2.0
#include "stub/replies.h"

#include <array>

#include "jute/writer.h"

namespace paddock::stub {

namespace {

using jute::Opcode;

constexpr std::array<char, 100> kData{};
constexpr View kValue{kData.data(), kData.size()};

}  // namespace

bool is_write(Opcode type) {
  return type == Opcode::SetData || type == Opcode::Create || type == Opcode::Delete ||
         type == Opcode::CloseSession;
}

bool put_handshake_reply(ByteBuffer& out, View request, std::int64_t new_session) {
  static constexpr std::array<char, 16> kPassword{};
  jute::ConnectRequest connect;
  jute::Reader reader(request);
  if (!reader.get(connect)) return false;
  jute::FrameWriter frame(out);
  jute::Writer writer(out);
  writer.put(jute::ConnectResponse{
      .timeout_ms = connect.timeout_ms,
      .session_id = connect.session_id == 0 ? new_session : connect.session_id,
      .password = {kPassword.data(), kPassword.size()}});
  if (reader.remaining() > 0) writer.put(false);
  frame.close();
  return true;
}

bool asks_for_new_session(View handshake) {
  jute::ConnectRequest connect;
  return jute::decode(handshake, connect) && connect.session_id == 0;
}

void put_reply(ByteBuffer& out, const jute::RequestHeader& header, View body, std::int64_t zxid) {
  jute::FrameWriter frame(out);
  jute::Writer writer(out);
  jute::ReplyHeader reply{header.xid, zxid, ErrorCode::Ok};
  const auto path_of = [body] {
    jute::PathRequest request;
    return jute::decode(body, request) ? request.path : kEmpty;
  };
  if (header.type == Opcode::GetData) {
    writer.put(reply);
    writer.put(jute::DataResponse{kValue, jute::Stat{}});
  } else if (header.type == Opcode::Exists || header.type == Opcode::SetData) {
    writer.put(reply);
    writer.put(jute::Stat{});
  } else if (header.type == Opcode::Create || header.type == Opcode::Sync) {
    writer.put(reply);
    writer.put(jute::PathResponse{path_of()});
  } else if (header.type == Opcode::GetChildren) {
    writer.put(reply);
    writer.put(jute::PathsResponse{jute::List<View>{0, kEmpty}});
  } else {
    const bool empty_reply = header.type == Opcode::Delete || header.type == Opcode::Ping ||
                             header.type == Opcode::CloseSession;
    if (!empty_reply) reply.err = ErrorCode::Unimplemented;
    writer.put(reply);
  }
  frame.close();
}

void put_event(ByteBuffer& out, View path, std::int64_t zxid) {
  jute::FrameWriter frame(out);
  jute::Writer writer(out);
  writer.put(jute::ReplyHeader{jute::kXidWatchEvent, zxid, ErrorCode::Ok});
  writer.put(
      jute::WatcherEvent{jute::EventType::NodeDataChanged, jute::KeeperState::SyncConnected, path});
  frame.close();
}

}  // namespace paddock::stub
