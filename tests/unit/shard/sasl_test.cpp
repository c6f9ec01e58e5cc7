// SPDX-License-Identifier: Apache-2.0
//
// What tokens of SASL come to on a connection. The exchange itself is scripted: it goes on for
// "more", ends for a name, and fails for all else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness.h"

namespace paddock::shard {
namespace {

using auth::SaslStep;
using jute::Opcode;
using testing::ElementsAre;
using testing::IsEmpty;

class ScriptedExchange final : public auth::SaslExchange {
 public:
  SaslStep step(View token) override {
    using enum SaslStep::Outcome;
    ++steps_;
    if (token == "more") {
      return {.outcome = Continue, .has_token = true, .token = "step " + std::to_string(steps_)};
    }
    if (token == "empty") return {.outcome = Continue, .has_token = true};
    if (token == "alice") {
      return {.outcome = Done, .has_token = true, .token = "welcome", .id = "alice"};
    }
    if (token == "root") return {.outcome = Done, .id = "root"};
    return {.reason = "not " + std::string(token)};
  }

 private:
  int steps_ = 0;
};

class ScriptedServer final : public auth::SaslServer {
 public:
  std::unique_ptr<auth::SaslExchange> begin() const override {
    return std::make_unique<ScriptedExchange>();
  }
};

ShardOptions with_sasl(ShardOptions options = {}) {
  options.sasl = std::make_shared<ScriptedServer>();
  return options;
}

std::string buffer(View bytes) {
  ByteBuffer out;
  jute::Writer(out).put(bytes);
  return std::string(out.view());
}

std::string token(std::int32_t xid, View bytes) {
  return request(xid, Opcode::Sasl, buffer(bytes));
}

const std::string kNoToken = buffer(View{});

/// Scheme and user, as whoAmI tells them.
std::vector<std::string> identities(Harness& harness, ConnectionId id) {
  harness.send(id, request(99, Opcode::WhoAmI));
  const std::vector<Packet> packets = harness.take(id);
  jute::Reader reader(packets.back().record);
  jute::WhoAmIResponse response;
  EXPECT_TRUE(reader.get(response));
  std::vector<std::string> result;
  for (const jute::ClientInfo& info : response.identities) {
    if (info.scheme != "ip")
      result.push_back(std::string(info.scheme) + ":" + std::string(info.user));
  }
  return result;
}

TEST(ShardSasl, TokensAreAnsweredUntilItIsKnownWhoItIs) {
  Harness harness(with_sasl());
  const ConnectionId id = harness.connect();
  harness.send(id, token(1, "more") + token(2, "empty") + token(3, "alice"));

  const std::vector<Packet> packets = harness.take(id);
  ASSERT_EQ(packets.size(), 3U);
  for (const Packet& packet : packets) {
    EXPECT_EQ(packet.err, ErrorCode::Ok);
    EXPECT_EQ(packet.zxid, 0);
  }
  EXPECT_EQ(packets[0].record, buffer("step 1"));
  EXPECT_EQ(packets[1].record, buffer(kEmpty));
  EXPECT_EQ(packets[2].record, buffer("welcome"));
  EXPECT_THAT(identities(harness, id), ElementsAre("sasl:alice"));
}

TEST(ShardSasl, AnExchangeMayEndWithoutAToken) {
  Harness harness(with_sasl());
  const ConnectionId id = harness.connect();
  harness.send(id, token(1, "root"));

  EXPECT_EQ(harness.take(id).at(0).record, kNoToken);
  EXPECT_THAT(identities(harness, id), ElementsAre("sasl:root"));
}

TEST(ShardSasl, AFailureIsToldAndEndsTheConnection) {
  Harness harness(with_sasl());
  const ConnectionId id = harness.connect();
  harness.clear_effects();
  harness.send(id, token(1, "more") + token(2, "bad") + token(3, "alice"));

  const std::vector<Packet> packets = harness.take(id);
  ASSERT_EQ(packets.size(), 2U);
  EXPECT_EQ(packets[1].xid, 2);
  EXPECT_EQ(packets[1].err, ErrorCode::AuthFailed);
  EXPECT_EQ(packets[1].record, kNoToken);
  EXPECT_TRUE(harness.closes(id));
  EXPECT_EQ(harness.shard.counters().auth_failed, 1);
  ASSERT_EQ(harness.effects.failed_sasl.size(), 1U);
  EXPECT_EQ(harness.effects.failed_sasl[0].session, harness.session_of(id));
  EXPECT_EQ(harness.effects.failed_sasl[0].reason, "not bad");
}

TEST(ShardSasl, WhoHasAuthenticatedDoesNotDoItAgain) {
  Harness harness(with_sasl());
  const ConnectionId id = harness.connect();
  harness.send(id, token(1, "alice"));
  harness.take(id);
  harness.clear_effects();
  harness.send(id, token(2, "root"));

  EXPECT_EQ(harness.take(id).at(0).err, ErrorCode::AuthFailed);
  EXPECT_TRUE(harness.closes(id));
}

TEST(ShardSasl, WhoFailsMayStayWithoutAnIdentity) {
  Harness harness(with_sasl({.allows_failed_sasl = true}));
  const ConnectionId id = harness.connect();
  harness.clear_effects();
  harness.send(id, token(1, "bad") + token(2, "alice"));

  const std::vector<Packet> packets = harness.take(id);
  ASSERT_EQ(packets.size(), 2U);
  for (const Packet& packet : packets) {
    EXPECT_EQ(packet.err, ErrorCode::Ok);
    EXPECT_EQ(packet.record, kNoToken);
  }
  EXPECT_FALSE(harness.closes(id));
  EXPECT_THAT(identities(harness, id), IsEmpty());
  EXPECT_EQ(harness.shard.counters().auth_failed, 2);
}

TEST(ShardSasl, WhereItIsRequiredAFailureSaysSo) {
  for (const bool allows : {false, true}) {
    Harness harness(
        with_sasl({.enforced_schemes = {"digest", "sasl"}, .allows_failed_sasl = allows}));
    const ConnectionId id = harness.connect();
    harness.clear_effects();
    harness.send(id, token(1, "bad"));

    EXPECT_EQ(harness.take(id).at(0).err, ErrorCode::SessionClosedRequireSaslAuth);
    EXPECT_TRUE(harness.closes(id));
  }
}

TEST(ShardSasl, WhereItIsRequiredItOpensTheSession) {
  Harness harness(with_sasl({.enforced_schemes = {"sasl"}}));
  harness.apply_create("/a", "x");
  const ConnectionId id = harness.connect();
  harness.send(id, token(1, "more") + token(2, "alice") + get_data(3, "/a"));

  const std::vector<Packet> packets = harness.take(id);
  ASSERT_EQ(packets.size(), 3U);
  EXPECT_EQ(packets[2].err, ErrorCode::Ok);
  // Half an exchange does not.
  const ConnectionId other = harness.connect();
  harness.clear_effects();
  harness.send(other, token(1, "more") + get_data(2, "/a"));
  EXPECT_EQ(harness.take(other).at(1).err, ErrorCode::SessionClosedRequireSaslAuth);
  EXPECT_TRUE(harness.closes(other));
}

TEST(ShardSasl, ConnectionsHaveExchangesOfTheirOwn) {
  Harness harness(with_sasl());
  const ConnectionId one = harness.connect();
  const ConnectionId two = harness.connect();
  harness.send(one, token(1, "more"));
  harness.send(two, token(1, "more"));
  harness.send(one, token(2, "more"));
  harness.send(two, token(2, "alice"));

  EXPECT_EQ(harness.take(one).at(1).record, buffer("step 2"));
  harness.take(two);
  EXPECT_THAT(identities(harness, one), IsEmpty());
  EXPECT_THAT(identities(harness, two), ElementsAre("sasl:alice"));
}

TEST(ShardSasl, WritesCarryTheIdentity) {
  Harness harness(with_sasl());
  const ConnectionId id = harness.connect();
  harness.send(id, token(1, "alice") + create(2, "/a", ""));

  ASSERT_EQ(harness.handed().size(), 1U);
  EXPECT_THAT(harness.handed().front().identities, testing::HasSubstr("alice"));
}

}  // namespace
}  // namespace paddock::shard
