// SPDX-License-Identifier: Apache-2.0
#include "jute/records.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "jute/writer.h"

namespace paddock::jute {
namespace {

std::string hex(View bytes) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char byte : bytes) {
    const auto value = static_cast<unsigned char>(byte);
    text += kDigits[value >> 4U];
    text += kDigits[value & 15U];
  }
  return text;
}

TEST(JuteRecords, ConnectRequestHasTheGoldenBytes) {
  ByteBuffer out;
  FrameWriter frame(out);
  const std::string password(16, '\0');
  Writer writer(out);
  writer.put(ConnectRequest{.timeout_ms = 30000, .password = password});
  writer.put(false);
  frame.close();

  EXPECT_EQ(hex(out.view()),
            "0000002d00000000000000000000000000007530000000000000000000000010"
            "0000000000000000000000000000000000");
}

TEST(JuteRecords, NullAndEmptyAreDistinct) {
  ByteBuffer out;
  Writer(out).put(SetDataRequest{.path = kEmpty, .data = View{}, .version = 3});
  EXPECT_EQ(hex(out.view()), "00000000ffffffff00000003");

  SetDataRequest request;
  ASSERT_TRUE(decode(out.view(), request));
  EXPECT_FALSE(is_null(request.path));
  EXPECT_TRUE(is_null(request.data));
  EXPECT_EQ(request.version, 3);
}

TEST(JuteRecords, CreateRequestRoundTripsWithItsAcl) {
  ListBuilder<Acl> acl;
  acl.add({kPermAll, {"world", "anyone"}});
  acl.add({kPermRead, {"digest", "user:hash"}});
  ByteBuffer out;
  Writer(out).put(CreateRequest{"/a", "data", acl.view(), CreateMode::EphemeralSequential});

  CreateRequest request;
  ASSERT_TRUE(decode(out.view(), request));

  EXPECT_EQ(request.path, "/a");
  EXPECT_EQ(request.data, "data");
  EXPECT_EQ(request.flags, CreateMode::EphemeralSequential);
  std::vector<std::string> seen;
  for (const Acl& entry : request.acl) {
    seen.push_back(std::to_string(entry.perms) + std::string(entry.id.scheme) + ":" +
                   std::string(entry.id.id));
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"31world:anyone", "1digest:user:hash"}));
}

TEST(JuteRecords, EveryTruncationOfARecordIsRefused) {
  ListBuilder<View> paths;
  paths.add("/one");
  paths.add("/two");
  ByteBuffer out;
  Writer(out).put(SetWatchesRequest{5, paths.view(), paths.view(), {}});

  SetWatchesRequest request;
  for (std::size_t length = 0; length < out.size(); ++length) {
    EXPECT_FALSE(decode(out.view().substr(0, length), request)) << length;
  }
  EXPECT_TRUE(decode(out.view(), request));
  EXPECT_TRUE(request.child.is_null());
}

TEST(JuteRecords, AVectorThatClaimsMoreThanTheFrameHoldsIsRefusedAtOnce) {
  ByteBuffer out;
  Writer writer(out);
  writer.put(std::int32_t{0x7fffffff});
  writer.put(std::int32_t{0});

  Reader reader(out.view());
  List<View> list;
  EXPECT_FALSE(reader.get(list));
  EXPECT_FALSE(reader.ok());
}

TEST(JuteRecords, AVectorOfNegativeLengthIsEmptyAndOnlyMinusOneIsNull) {
  for (const std::int32_t count : {-2, -2147483647}) {
    ByteBuffer out;
    Writer(out).put(count);
    Reader reader(out.view());
    List<View> list;
    EXPECT_TRUE(reader.get(list));
    EXPECT_FALSE(list.is_null());
    EXPECT_TRUE(list.empty());
  }
}

TEST(JuteRecords, StatIs68Bytes) {
  ByteBuffer out;
  Writer(out).put(Stat{});
  EXPECT_EQ(out.size(), 68U);
}

}  // namespace
}  // namespace paddock::jute
