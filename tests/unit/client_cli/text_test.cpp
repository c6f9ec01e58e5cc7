// SPDX-License-Identifier: Apache-2.0
//
// The texts that people type and read: ACLs, quotas, times, configurations, base64.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client_cli/output.h"
#include "client_text/acl_text.h"
#include "client_text/duration_text.h"
#include "client_text/ensemble_text.h"
#include "client_text/quota_text.h"
#include "client_text/server_status.h"
#include "client_text/trimmed.h"
#include "jute/permissions.h"

namespace paddock::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(AclText, EntriesMayHoldColons) {
  const auto acl = client::parse_acl("world:anyone:cr,digest:me:hash=:cdrwa,ip:::1:r");
  ASSERT_TRUE(acl);
  EXPECT_THAT(*acl,
              ElementsAre(client::Acl{jute::kPermCreate | jute::kPermRead, "world", "anyone"},
                          client::Acl{jute::kPermAll, "digest", "me:hash="},
                          client::Acl{jute::kPermRead, "ip", "::1"}));
  EXPECT_EQ(jute::permission_letters(jute::kPermAll), "cdrwa");
  EXPECT_EQ(jute::permission_letters(0), "");
}

TEST(AclText, WhatIsWrongIsSaid) {
  EXPECT_THAT(client::parse_acl("world").error().message, HasSubstr("scheme:id:perm"));
  EXPECT_THAT(client::parse_acl("world:anyone").error().message, HasSubstr("scheme:id:perm"));
  EXPECT_THAT(client::parse_acl("world:anyone:crx").error().message,
              HasSubstr("'x' is no permission"));
  EXPECT_FALSE(client::parse_acl(""));
  EXPECT_FALSE(client::parse_acl("world:anyone:r,"));
  EXPECT_THAT(client::parse_acl(":me:r").error().message, HasSubstr("scheme:id:perm"));
}

TEST(QuotaText, OldAndNewTextsAreRead) {
  const auto old = client::parse_quota("count=5,bytes=100");
  ASSERT_TRUE(old);
  EXPECT_EQ(*old, (client::Quota{.count = 5, .bytes = 100}));
  EXPECT_EQ(to_string(*old), "count=5,bytes=100");

  const std::string text = "count=5,bytes=-1=;byteHardLimit=-1;countHardLimit=10";
  const auto hard = client::parse_quota(text);
  ASSERT_TRUE(hard);
  EXPECT_EQ(hard->count_hard, 10);
  EXPECT_EQ(to_string(*hard), text);
  EXPECT_FALSE(client::parse_quota("count=many"));
}

TEST(QuotaText, Paths) {
  EXPECT_EQ(client::quota_limits_path("/a/b"), "/zookeeper/quota/a/b/zookeeper_limits");
  EXPECT_EQ(client::quota_stats_path("/"), "/zookeeper/quota/zookeeper_stats");
}

TEST(DurationText, NumbersWithUnits) {
  EXPECT_EQ(client::parse_duration("5"), Duration(seconds(5)));
  EXPECT_EQ(client::parse_duration("500ms"), Duration(milliseconds(500)));
  EXPECT_EQ(client::parse_duration("2m"), Duration(seconds(120)));
  for (const View wrong :
       {"", "0", "-1", "5h", "s", "5 s", "1e3", "99999999999999999999", "525601m"}) {
    EXPECT_FALSE(client::parse_duration(wrong)) << wrong;
  }
}

TEST(Base64, RoundTripsAndRefusesNonsense) {
  for (const std::string bytes : {"", "a", "ab", "abc", "abcd"}) {
    EXPECT_EQ(from_base64(to_base64(bytes)), bytes);
  }
  EXPECT_EQ(to_base64(std::string("\0\1\2\xff", 4)), "AAEC/w==");
  for (const View wrong : {"a", "ab=c", "====", "ab!=", "AAEC/w=", "A==="}) {
    EXPECT_FALSE(from_base64(wrong)) << wrong;
  }
}

TEST(Utf8, OnlyWhatJsonMayHold) {
  EXPECT_TRUE(is_utf8("plain"));
  EXPECT_TRUE(is_utf8("ü 日本 🙂"));
  EXPECT_FALSE(is_utf8("\xff"));
  EXPECT_FALSE(is_utf8("\xc3"));
  EXPECT_FALSE(is_utf8("\xc0\xaf"));          // too long a form
  EXPECT_FALSE(is_utf8("\xed\xa0\x80"));      // half of a surrogate pair
  EXPECT_FALSE(is_utf8("\xf4\x90\x80\x80"));  // beyond Unicode
}

TEST(EnsembleText, WhereClientsConnectTo) {
  EXPECT_EQ(client::client_addresses(
                "server.1=a:1:2:participant;0.0.0.0:3\nserver.2=b:1:2;4\nversion=9\n"),
            "9 0.0.0.0:3,0.0.0.0:4");
}

TEST(EnsembleText, TheServersOfAFile) {
  EXPECT_EQ(client::members_of("# old\ntickTime=1\nserver.1 = a:1:2;3\nserver.2=b:1:2;3\n"),
            "server.1=a:1:2;3,server.2=b:1:2;3");
  EXPECT_FALSE(client::members_of("tickTime=1\n"));
}

TEST(ServerStatus, OfServingAndOtherServers) {
  const client::ServerStatus status = client::parse_status(
      "Zookeeper version: 3.9.5-x, built on y\nLatency min/avg/max: 0/0.5/3\nReceived: 1\n"
      "Connections: 2\nOutstanding: 0\nZxid: 0x1f\nMode: standalone\nNode count: 5\n");
  EXPECT_TRUE(status.is_serving);
  EXPECT_EQ(status.version, "3.9.5-x");
  EXPECT_EQ(status.mode, "standalone");
  EXPECT_EQ(status.nodes, "5");

  const client::ServerStatus other =
      client::parse_status("This ZooKeeper instance is not currently serving requests\n");
  EXPECT_FALSE(other.is_serving);
  EXPECT_THAT(other.refusal, HasSubstr("not currently serving"));
}

TEST(Trimmed, TakesBlanksAndLineEnds) {
  EXPECT_EQ(client::trimmed(" \tAA==\r\n"), "AA==");
  EXPECT_EQ(client::trimmed(" \n"), "");
}

}  // namespace
}  // namespace paddock::cli
