// SPDX-License-Identifier: Apache-2.0
#include "runtime/link_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace paddock::runtime {
namespace {

using ::testing::HasSubstr;

wire::Hello server(std::int32_t id) {
  wire::Hello hello;
  hello.server = ServerId{id};
  hello.ensemble_id = "one";
  hello.disk_id = "disk" + std::to_string(id);
  hello.incarnation = static_cast<std::uint64_t>(100 + id);
  hello.number = 1;
  hello.software = "1.0";
  hello.is_member = true;
  return hello;
}

std::string text(const std::optional<std::string>& reason) {
  return reason.value_or("no objection");
}

TEST(LinkPolicy, TheLargerMemberDialsAndTheSmallerWaits) {
  EXPECT_EQ(dial_patience(server(3), ServerId{2}, seconds(2)), Duration{0});
  EXPECT_EQ(dial_patience(server(2), ServerId{3}, seconds(2)), seconds(2));
}

TEST(LinkPolicy, AJoinerDialsEverybodyAtOnce) {
  wire::Hello joiner = server(2);
  joiner.is_member = false;
  EXPECT_EQ(dial_patience(joiner, ServerId{1}, seconds(2)), Duration{0});
  EXPECT_EQ(dial_patience(joiner, ServerId{3}, seconds(2)), Duration{0});
}

TEST(LinkPolicy, ServersOfOneEnsembleTalk) {
  wire::Hello caller = server(2);
  caller.to = ServerId{1};
  EXPECT_EQ(objection(server(1), caller, std::nullopt), std::nullopt);
  EXPECT_EQ(objection(server(2), server(1), ServerId{1}), std::nullopt);
}

TEST(LinkPolicy, AServerWithoutEnsembleTalksToAny) {
  wire::Hello fresh = server(2);
  fresh.ensemble_id.clear();
  EXPECT_EQ(objection(server(1), fresh, std::nullopt), std::nullopt);
  EXPECT_EQ(objection(fresh, server(1), ServerId{1}), std::nullopt);
}

TEST(LinkPolicy, AnotherEnsembleIsNamedAndRefused) {
  wire::Hello other = server(2);
  other.ensemble_id = "two\n";
  const std::string reason = text(objection(server(1), other, std::nullopt));
  EXPECT_THAT(reason, HasSubstr("server 1 belongs to the ensemble 'one'"));
  EXPECT_THAT(reason, HasSubstr("server 2 to the ensemble 'two\\x0a'"));
}

TEST(LinkPolicy, AVersionThatIsTooOldForTheEnsembleIsToldSoByEitherSide) {
  wire::Hello newer = server(1);
  newer.feature_level = newer.feature_level_in_force = 2;
  wire::Hello older = server(2);
  older.feature_level = older.feature_level_in_force = 1;
  for (const auto& reason :
       {objection(newer, older, std::nullopt), objection(older, newer, ServerId{1})}) {
    EXPECT_THAT(text(reason), HasSubstr("the ensemble of server 1 is at feature level 2"));
    EXPECT_THAT(text(reason), HasSubstr("has 1; upgrade server 2"));
  }
}

TEST(LinkPolicy, ANewerVersionIsWelcomeWhereItsLevelIsNotInForce) {
  wire::Hello newer = server(1);
  newer.feature_level = 2;
  newer.feature_level_in_force = 1;
  wire::Hello older = server(2);
  older.feature_level = older.feature_level_in_force = 1;
  EXPECT_EQ(objection(newer, older, std::nullopt), std::nullopt);
  EXPECT_EQ(objection(older, newer, std::nullopt), std::nullopt);
}

TEST(LinkPolicy, ADialedServerMustBeTheOneThatWasMeant) {
  const std::string dialer = text(objection(server(3), server(1), ServerId{2}));
  EXPECT_THAT(dialer, HasSubstr("address that server 3 has for server 2 leads to server 1"));

  wire::Hello caller = server(3);
  caller.to = ServerId{2};
  EXPECT_EQ(text(objection(server(1), caller, std::nullopt)), dialer);
}

TEST(LinkPolicy, ItsOwnIdIsRefused) {
  EXPECT_THAT(text(objection(server(1), server(1), ServerId{2})), HasSubstr("has dialed itself"));
  wire::Hello twin = server(1);
  twin.incarnation = 7;
  EXPECT_THAT(text(objection(server(1), twin, std::nullopt)),
              HasSubstr("two servers have the id 1"));
}

TEST(LinkPolicy, ProtocolsMustOverlap) {
  wire::Hello old = server(1);
  old.protocol = 2;
  old.protocol_min = 1;
  wire::Hello next = server(2);
  next.protocol = 3;
  next.protocol_min = 2;
  EXPECT_EQ(objection(old, next, std::nullopt), std::nullopt);
  EXPECT_EQ(objection(next, old, std::nullopt), std::nullopt);

  next.protocol_min = 3;
  EXPECT_THAT(text(objection(old, next, std::nullopt)), HasSubstr("upgrade server 1"));
  EXPECT_EQ(text(objection(next, old, std::nullopt)).substr(0, 8), "server 2");
  EXPECT_THAT(text(objection(next, old, std::nullopt)), HasSubstr("upgrade server 1"));
}

TEST(LinkPolicy, OfTwoLinksTheNewestStays) {
  const wire::Hello first = server(2);
  wire::Hello second = server(2);
  second.number = 2;
  EXPECT_EQ(judge_newcomer(first, second), Newcomer::Stays);
  EXPECT_EQ(judge_newcomer(second, first), Newcomer::Older);

  wire::Hello restarted = server(2);
  restarted.incarnation = 5;
  EXPECT_EQ(judge_newcomer(second, restarted), Newcomer::Stays);
}

TEST(LinkPolicy, TwoDisksCannotHaveOneId) {
  wire::Hello other = server(2);
  other.disk_id = "another";
  other.incarnation = 5;
  EXPECT_EQ(judge_newcomer(server(2), other), Newcomer::OtherDisk);
  EXPECT_THAT(other_disk_text(server(1), other), HasSubstr("they are server 2"));
}

/// Both have dialed and greeted; each hears the other's Hello on the link that the other dialed.
TEST(LinkPolicy, CrossingDialsEndWithOneLinkForBoth) {
  EXPECT_TRUE(own_attempt_stays(ServerId{3}, ServerId{2}, true));
  EXPECT_FALSE(own_attempt_stays(ServerId{2}, ServerId{3}, true));
  // As long as nothing was said on it, the attempt may lead nowhere.
  EXPECT_FALSE(own_attempt_stays(ServerId{3}, ServerId{2}, false));
}

}  // namespace
}  // namespace paddock::runtime
