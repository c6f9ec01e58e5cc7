// SPDX-License-Identifier: Apache-2.0
#include "config/membership.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace paddock::config {
namespace {

using testing::HasSubstr;

constexpr ServerId kId{3};

TEST(Member, PlainLineIsAParticipantWithoutClientPort) {
  const auto member = parse_member(kId, "zk3.example:2888:3888");

  ASSERT_TRUE(member) << member.error().message;
  EXPECT_EQ(member->id, kId);
  EXPECT_EQ(member->type, PeerType::Participant);
  EXPECT_EQ(member->addresses, (std::vector<PeerAddress>{{"zk3.example", 2888, 3888}}));
  EXPECT_FALSE(member->client);
  EXPECT_FALSE(member->secure_client);
}

TEST(Member, EveryPartIsRead) {
  const auto member =
      parse_member(kId, "a:2888:3888:observer|[fe80::1]:2889:3889;10.0.0.1:2181;[::1]:2281");

  ASSERT_TRUE(member) << member.error().message;
  EXPECT_EQ(member->type, PeerType::Observer);
  EXPECT_EQ(member->addresses,
            (std::vector<PeerAddress>{{"a", 2888, 3888}, {"fe80::1", 2889, 3889}}));
  EXPECT_EQ(member->client, (Endpoint{"10.0.0.1", 2181}));
  EXPECT_EQ(member->secure_client, (Endpoint{"::1", 2281}));
}

struct Round {
  std::string text;
  std::string shown;
};

class MemberText : public testing::TestWithParam<Round> {};

TEST_P(MemberText, IsShownInOneForm) {
  const auto member = parse_member(kId, GetParam().text);
  ASSERT_TRUE(member) << member.error().message;

  EXPECT_EQ(to_string(*member), GetParam().shown);
  EXPECT_EQ(parse_member(kId, to_string(*member)), *member);
}

INSTANTIATE_TEST_SUITE_P(
    All,
    MemberText,
    testing::Values(Round{"h:1:2", "h:1:2:participant"},
                    Round{"h:1:2;2181", "h:1:2:participant;0.0.0.0:2181"},
                    Round{"h:1:2:PARTICIPANT;0.0.0.0:2181", "h:1:2:participant;0.0.0.0:2181"},
                    Round{"h:1:2:Observer;", "h:1:2:observer"},
                    Round{"h:1:2;;2281", "h:1:2:participant;;0.0.0.0:2281"},
                    Round{"h:1:2;2181;s:2281", "h:1:2:participant;0.0.0.0:2181;s:2281"},
                    Round{" [::1]:1:2 ; [::]:2181 ", "[::1]:1:2:participant;0.0.0.0:2181"},
                    Round{"a:1:2|b:1:2:observer", "a:1:2|b:1:2:observer"}));

struct Bad {
  std::string text;
  std::string reason;
};

class BadMember : public testing::TestWithParam<Bad> {};

TEST_P(BadMember, IsRefusedWithTheReason) {
  const auto member = parse_member(kId, GetParam().text);

  ASSERT_FALSE(member);
  EXPECT_THAT(member.error().message, HasSubstr(GetParam().reason));
}

INSTANTIATE_TEST_SUITE_P(
    All,
    BadMember,
    testing::Values(Bad{"", "expected host:quorumPort:electionPort"},
                    Bad{"h", "expected host:quorumPort:electionPort"},
                    Bad{"h:2888", "expected host:quorumPort:electionPort"},
                    Bad{":1:2", "expected host:quorumPort:electionPort"},
                    Bad{"h:1:2:observer:3", "expected host:quorumPort:electionPort"},
                    Bad{"fe80::1:1:2", "expected host:quorumPort:electionPort"},
                    Bad{"h:x:2", "'x' is not a port (0 to 65535)"},
                    Bad{"h:1:65536", "'65536' is not a port (0 to 65535)"},
                    Bad{"h:1:-2", "'-2' is not a port (0 to 65535)"},
                    Bad{"h:1:1", "uses port 1 for both quorum and election"},
                    Bad{"h:1:2:leader", "'leader' is not a role (participant or observer)"},
                    Bad{"a:1:2:observer|b:1:2:participant", "different roles"},
                    Bad{"a:1:2|", "expected host:quorumPort:electionPort"},
                    Bad{"h:1:2;x", "'x' is not a port (0 to 65535)"},
                    Bad{"h:1:2;a:b:3", "is not [address:]port"},
                    Bad{"h:1:2;1;2;3", "more than two ';'"},
                    Bad{"[::1:1:2", "'[' without ']'"},
                    Bad{"[::1]1:2", "no ':' after ']'"}));

}  // namespace
}  // namespace paddock::config
