// SPDX-License-Identifier: Apache-2.0
#include "bench/requests.h"

#include <gtest/gtest.h>

#include "jute/writer.h"

namespace paddock::bench {
namespace {

using jute::Opcode;

/// Takes the first frame out of `out`, checking its length, and reads its header.
View take_frame(ByteBuffer& out, jute::RequestHeader& header) {
  const auto length = static_cast<std::size_t>(load_be<std::int32_t>(out.data()));
  EXPECT_LE(length + 4, out.size());
  jute::Reader reader(View{out.data() + 4, length});
  EXPECT_TRUE(reader.get(header));
  const View body = reader.rest();
  out.consume(length + 4);
  return body;
}

TEST(Requests, FramesFollowOneAnotherAndCarryTheirXid) {
  ByteBuffer out;
  put_get(out, 7, {"/a", true});
  put_set(out, 8, {"/b", "value", -1});
  put_ping(out);

  jute::RequestHeader header;
  jute::PathWatchRequest get;
  ASSERT_TRUE(jute::decode(take_frame(out, header), get));
  EXPECT_EQ(header.xid, 7);
  EXPECT_EQ(header.type, Opcode::GetData);
  EXPECT_EQ(get.path, "/a");
  EXPECT_TRUE(get.watch);
  jute::SetDataRequest set;
  ASSERT_TRUE(jute::decode(take_frame(out, header), set));
  EXPECT_EQ(header.xid, 8);
  EXPECT_EQ(set.data, "value");
  EXPECT_TRUE(take_frame(out, header).empty());
  EXPECT_EQ(header.xid, jute::kXidPing);
  EXPECT_TRUE(out.empty());
}

TEST(Requests, ACreateIsOpenToTheWorld) {
  ByteBuffer out;
  put_create(out, 1, {.path = "/a", .data = "v", .mode = jute::CreateMode::Ephemeral});

  jute::RequestHeader header;
  jute::CreateRequest request;
  ASSERT_TRUE(jute::decode(take_frame(out, header), request));
  EXPECT_EQ(header.type, Opcode::Create);
  EXPECT_EQ(request.flags, jute::CreateMode::Ephemeral);
  ASSERT_EQ(request.acl.size(), 1U);
  EXPECT_EQ(request.acl.begin()->perms, jute::kPermAll);
  EXPECT_EQ(request.acl.begin()->id.scheme, "world");
  EXPECT_EQ(request.acl.begin()->id.id, "anyone");
}

TEST(Requests, AnAuthHasAnXidOfItsOwn) {
  ByteBuffer out;
  put_auth(out, "reads", "linearizable");

  jute::RequestHeader header;
  jute::AuthPacket packet;
  ASSERT_TRUE(jute::decode(take_frame(out, header), packet));
  EXPECT_EQ(header.xid, jute::kXidAuth);
  EXPECT_EQ(header.type, Opcode::Auth);
  EXPECT_EQ(packet.scheme, "reads");
  EXPECT_EQ(packet.auth, "linearizable");
  EXPECT_TRUE(out.empty());
}

TEST(Requests, AMultiHoldsItsOperationsAndAnEnd) {
  ByteBuffer out;
  put_ping(out);
  MultiRequest multi(out, 3);
  multi.create({.path = "/a", .data = "v"});
  multi.remove("/b");
  multi.finish();

  jute::RequestHeader header;
  static_cast<void>(take_frame(out, header));
  jute::Reader reader(take_frame(out, header));
  jute::MultiHeader part;
  jute::CreateRequest create;
  jute::PathVersionRequest remove;
  EXPECT_EQ(header.type, Opcode::Multi);
  ASSERT_TRUE(reader.get(part) && reader.get(create));
  EXPECT_EQ(part.type, Opcode::Create);
  ASSERT_TRUE(reader.get(part) && reader.get(remove));
  EXPECT_EQ(part.type, Opcode::Delete);
  EXPECT_EQ(remove.path, "/b");
  ASSERT_TRUE(reader.get(part));
  EXPECT_TRUE(part.done);
  EXPECT_EQ(reader.remaining(), 0U);
}

TEST(Requests, TheFirstErrorOfAMultiIsFound) {
  ByteBuffer failed;
  jute::Writer writer(failed);
  for (const ErrorCode code :
       {ErrorCode::Ok, ErrorCode::NodeExists, ErrorCode::RuntimeInconsistency}) {
    writer.put(jute::MultiHeader{Opcode::Error, false, static_cast<std::int32_t>(code)});
    writer.put(jute::ErrorResponse{code});
  }
  writer.put(jute::kMultiEnd);
  ByteBuffer succeeded;
  jute::Writer(succeeded).put(jute::MultiHeader{Opcode::Delete, false, 0});
  jute::Writer(succeeded).put(jute::kMultiEnd);

  EXPECT_EQ(multi_error(failed.view()), ErrorCode::NodeExists);
  EXPECT_EQ(multi_error(succeeded.view()), ErrorCode::Ok);
  EXPECT_EQ(multi_error(kEmpty), ErrorCode::Ok);
}

TEST(Requests, AShortFrameIsNoReply) {
  Reply reply;
  EXPECT_FALSE(parse_reply(kEmpty, reply));
  EXPECT_FALSE(parse_reply("123456789012345", reply));
  EXPECT_TRUE(parse_reply("1234567890123456", reply));
  EXPECT_TRUE(reply.body.empty());
}

}  // namespace
}  // namespace paddock::bench
