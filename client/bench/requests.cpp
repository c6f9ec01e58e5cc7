// SPDX-License-Identifier: Apache-2.0
#include "bench/requests.h"

#include <string_view>

#include "jute/writer.h"

namespace paddock::bench {

namespace {

using jute::Opcode;

constexpr std::size_t kPrefix = sizeof(std::int32_t);

/// {31, world:anyone} as a vector of one: what nearly every client sends.
constexpr std::string_view kOpenAcl{
    "\0\0\0\x1f"
    "\0\0\0\x05world"
    "\0\0\0\x06"
    "anyone",
    4 + 4 + 5 + 4 + 6};

jute::CreateRequest create_request(const NewNode& node) {
  return {.path = node.path,
          .data = node.data,
          .acl = jute::List<jute::Acl>{1, kOpenAcl},
          .flags = node.mode};
}

template <class Record>
void put_frame(ByteBuffer& out, jute::RequestHeader header, const Record& request) {
  jute::FrameWriter frame(out);
  jute::Writer writer(out);
  writer.put(header);
  writer.put(request);
  frame.close();
}

void put_empty(ByteBuffer& out, jute::RequestHeader header) {
  jute::FrameWriter frame(out);
  jute::Writer(out).put(header);
  frame.close();
}

}  // namespace

void put_get(ByteBuffer& out, std::int32_t xid, const jute::PathWatchRequest& request) {
  put_frame(out, {xid, Opcode::GetData}, request);
}

void put_exists(ByteBuffer& out, std::int32_t xid, const jute::PathWatchRequest& request) {
  put_frame(out, {xid, Opcode::Exists}, request);
}

void put_children(ByteBuffer& out, std::int32_t xid, View path) {
  put_frame(out, {xid, Opcode::GetChildren}, jute::PathWatchRequest{path, false});
}

void put_set(ByteBuffer& out, std::int32_t xid, const jute::SetDataRequest& request) {
  put_frame(out, {xid, Opcode::SetData}, request);
}

void put_create(ByteBuffer& out, std::int32_t xid, const NewNode& node) {
  put_frame(out, {xid, Opcode::Create}, create_request(node));
}

void put_delete(ByteBuffer& out, std::int32_t xid, View path) {
  put_frame(out, {xid, Opcode::Delete}, jute::PathVersionRequest{path, -1});
}

void put_sync(ByteBuffer& out, std::int32_t xid, View path) {
  put_frame(out, {xid, Opcode::Sync}, jute::PathRequest{path});
}

void put_ping(ByteBuffer& out) {
  put_empty(out, {jute::kXidPing, Opcode::Ping});
}

void put_auth(ByteBuffer& out, View scheme, View auth) {
  put_frame(out, {jute::kXidAuth, Opcode::Auth}, jute::AuthPacket{0, scheme, auth});
}

void put_close_session(ByteBuffer& out, std::int32_t xid) {
  put_empty(out, {xid, Opcode::CloseSession});
}

MultiRequest::MultiRequest(ByteBuffer& out, std::int32_t xid) : out_(&out), start_(out.size()) {
  static_cast<void>(out.extend(kPrefix));
  jute::Writer(out).put(jute::RequestHeader{xid, Opcode::Multi});
}

void MultiRequest::create(const NewNode& node) {
  jute::Writer writer(*out_);
  writer.put(jute::MultiHeader{Opcode::Create, false, -1});
  writer.put(create_request(node));
}

void MultiRequest::set(const jute::SetDataRequest& request) {
  jute::Writer writer(*out_);
  writer.put(jute::MultiHeader{Opcode::SetData, false, -1});
  writer.put(request);
}

void MultiRequest::remove(View path) {
  jute::Writer writer(*out_);
  writer.put(jute::MultiHeader{Opcode::Delete, false, -1});
  writer.put(jute::PathVersionRequest{path, -1});
}

void MultiRequest::finish() {
  jute::Writer(*out_).put(jute::kMultiEnd);
  store_be(out_->data() + start_, static_cast<std::int32_t>(out_->size() - start_ - kPrefix));
}

bool parse_reply(View frame, Reply& reply) {
  jute::Reader reader(frame);
  if (!reader.get(reply.header)) return false;
  reply.body = reader.rest();
  return true;
}

ErrorCode multi_error(View body) {
  jute::Reader reader(body);
  jute::MultiHeader header;
  jute::ErrorResponse result;
  // A failed multi holds nothing but error results; those before the failing one say Ok.
  while (reader.get(header) && !header.done && header.type == Opcode::Error && reader.get(result)) {
    if (result.err != ErrorCode::Ok) return result.err;
  }
  return ErrorCode::Ok;
}

}  // namespace paddock::bench
