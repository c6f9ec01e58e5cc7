// SPDX-License-Identifier: Apache-2.0
//
// Limits of some clients together: whom they are about, and what becomes of those.
#include "shard/client_limits.h"

#include <gtest/gtest.h>

#include "harness.h"
#include "jwt/verifier.h"
#include "tokens/signer.h"

namespace paddock::shard {
namespace {

using Xids = std::vector<std::int32_t>;

LimitRule rule(std::string scheme, std::string pattern) {
  return {.name = "some", .scheme = std::move(scheme), .pattern = std::move(pattern)};
}

ClientLimits::Mask found_by(const LimitRule& rule, View scheme, View id) {
  auth::IdentitySet identities;
  identities.add("ip", "10.1.2.3");
  identities.add(scheme, id);
  return ClientLimits({rule}).of_client(identities.view());
}

TEST(ClientLimits, AreAboutThoseWhoHaveAnIdentity) {
  EXPECT_EQ(found_by(rule("digest", "app:*"), "digest", "app:hash"), 1U);
  EXPECT_EQ(found_by(rule("digest", "app:*"), "digest", "application:hash"), 0U);
  EXPECT_EQ(found_by(rule("digest", "*"), "digest", "other:hash"), 1U);
  EXPECT_EQ(found_by(rule("x509", "CN=a"), "x509", "CN=a"), 1U);
  EXPECT_EQ(found_by(rule("x509", "CN=a"), "x509", "CN=ab"), 0U);
  EXPECT_EQ(found_by(rule("x509", "CN=a"), "digest", "CN=a"), 0U);
  EXPECT_EQ(found_by(rule("ip", "10.0.0.0/8"), "digest", "a"), 1U);
  EXPECT_EQ(found_by(rule("ip", "10.0.0.0/16"), "digest", "a"), 0U);
  EXPECT_EQ(found_by(rule("any", ""), "digest", "a"), 1U);
}

TEST(ClientLimits, AreAboutAPartOfTheTree) {
  const ClientLimits limits({rule("path", "/a"), rule("path", "/"), rule("any", "")});
  EXPECT_EQ(limits.of_path("/a"), 3U);
  EXPECT_EQ(limits.of_path("/a/b"), 3U);
  EXPECT_EQ(limits.of_path("/ab"), 2U);
  EXPECT_EQ(limits.of_client(auth::IdentitySet().view()), 4U);
}

TEST(Rates, AllowWhatCameInAShortWhileAtOnceAndThenAsMuchAsTheySay) {
  Rate rate(10);
  const MonotonicTime start{seconds(100)};
  EXPECT_LE(rate.ready_at(), start);
  rate.take(1, start);
  EXPECT_LE(rate.ready_at(), start) << "a tenth of a second's worth is one";
  rate.take(1, start);
  EXPECT_EQ(rate.ready_at(), start + milliseconds(100));
  rate.take(20, start);
  EXPECT_EQ(rate.ready_at(), start + milliseconds(2100)) << "what was too much takes longer";
  rate.take(1, start + seconds(10));
  EXPECT_LE(rate.ready_at(), start + seconds(10)) << "nothing is saved up";
}

std::string reads(std::int32_t from, std::int32_t to, View path = "/a") {
  std::string bytes;
  for (std::int32_t xid = from; xid <= to; ++xid) bytes += get_data(xid, path);
  return bytes;
}

struct LimitsFixture : testing::Test {
  LimitsFixture() {
    harness.apply_create("/a", "x");
    harness.apply_create("/b", "x");
  }
  void limit(LimitRule rule) {
    limits = std::make_shared<ClientLimits>(std::vector{std::move(rule)});
    harness.shard.set_limits(limits, harness.now, harness.effects);
  }
  void advance(milliseconds by) {
    harness.advance(by);
    harness.end_turn();
  }

  Harness harness;
  std::shared_ptr<ClientLimits> limits;
};

using ShardClientLimits = LimitsFixture;

TEST_F(ShardClientLimits, WhoIsTooFastIsNotReadFromForAWhile) {
  limit({.name = "some", .scheme = "ip", .pattern = "127.0.0.1", .requests_per_second = 10});
  const ConnectionId id = harness.connect();
  harness.send(id, reads(1, 4));

  EXPECT_EQ(harness.take_xids(id), (Xids{1, 2}));
  EXPECT_FALSE(harness.shard.wants_input(id));
  EXPECT_EQ(harness.shard.next_time(), harness.now.monotonic + milliseconds(100));
  advance(milliseconds(99));
  EXPECT_EQ(harness.take_xids(id), Xids{});
  advance(milliseconds(1));
  EXPECT_EQ(harness.take_xids(id), (Xids{3}));
  harness.clear_effects();
  advance(milliseconds(100));
  EXPECT_EQ(harness.take_xids(id), (Xids{4}));
  EXPECT_TRUE(harness.resumes(id));
  EXPECT_TRUE(harness.shard.wants_input(id));
  EXPECT_FALSE(harness.closes(id));
  EXPECT_EQ(limits->report()[0].delayed, 2);
}

TEST_F(ShardClientLimits, OneThatIsSlowedDownKeepsItsSession) {
  limit({.name = "some", .scheme = "any", .pattern = "", .requests_per_second = 1});
  const ConnectionId id = harness.connect();
  harness.send(id, reads(1, 100));
  Effects ticks;
  harness.shard.on_tick(harness.now, ticks);
  ticks = Effects{};
  harness.shard.on_tick(harness.now, ticks);
  ASSERT_EQ(ticks.core.entries().size(), 1U);
  EXPECT_EQ(ticks.core.entries()[0].kind, gate::CoreKind::Touch);
}

TEST_F(ShardClientLimits, AnswersCountAsBytes) {
  harness.apply_set("/a", std::string(1000, 'x'));
  limit({.name = "some", .scheme = "any", .pattern = "", .bytes_per_second = 2000});
  const ConnectionId id = harness.connect();
  harness.send(id, reads(1, 2));
  EXPECT_EQ(harness.take_xids(id), (Xids{1}));
  advance(milliseconds(400));
  EXPECT_EQ(harness.take_xids(id), Xids{});
  advance(milliseconds(200));
  EXPECT_EQ(harness.take_xids(id), (Xids{2}));
}

TEST_F(ShardClientLimits, OfAPathLeaveOtherRequestsAlone) {
  limit({.name = "some", .scheme = "path", .pattern = "/a", .requests_per_second = 10});
  const ConnectionId greedy = harness.connect();
  const ConnectionId other = harness.connect();
  harness.send(greedy, reads(1, 9));
  harness.send(other, reads(1, 20, "/b"));
  EXPECT_EQ(harness.take(greedy).size(), 2U);
  EXPECT_EQ(harness.take(other).size(), 20U);
}

TEST_F(ShardClientLimits, WithoutALimitNobodyIsSlowedDownAnyMore) {
  limit({.name = "some", .scheme = "any", .pattern = "", .requests_per_second = 1});
  const ConnectionId id = harness.connect();
  harness.send(id, reads(1, 50));
  harness.take(id);
  harness.shard.set_limits(nullptr, harness.now, harness.effects);
  harness.end_turn();
  EXPECT_EQ(harness.take(id).back().xid, 50);
}

TEST_F(ShardClientLimits, MoreConnectionsAreNotLetIn) {
  limit({.name = "some", .scheme = "ip", .pattern = "127.0.0.0/8", .connections = 1});
  const ConnectionId first = harness.connect();
  harness.clear_effects();
  const ConnectionId second = harness.accept();
  harness.send(second, handshake());
  EXPECT_TRUE(harness.closes(second));
  EXPECT_TRUE(harness.take_bytes(second).empty());
  harness.disconnect(second);
  harness.disconnect(first);
  const ConnectionId third = harness.connect();
  EXPECT_TRUE(harness.shard.wants_input(third));
  EXPECT_EQ(limits->report()[0].refused, 1);
  EXPECT_EQ(limits->report()[0].connections, 1);
}

TEST_F(ShardClientLimits, WhoShowsLaterThatItIsOneTooManyIsRefusedEachRequest) {
  limit({.name = "some", .scheme = "digest", .pattern = "app:*", .connections = 1});
  const auto enter = [&] {
    const ConnectionId id = harness.connect();
    harness.send(id,
                 request(jute::kXidAuth,
                         jute::Opcode::Auth,
                         encoded(jute::AuthPacket{0, "digest", "app:secret"})) +
                     reads(1, 1));
    return id;
  };
  const ConnectionId first = enter();
  EXPECT_EQ(harness.take(first).back().err, ErrorCode::Ok);
  const ConnectionId second = enter();
  EXPECT_EQ(harness.take(second).back().err, ErrorCode::ThrottledOp);
  harness.send(second, set_data(2, "/a", "y"));
  EXPECT_EQ(harness.take(second).back().err, ErrorCode::ThrottledOp);
  EXPECT_TRUE(harness.handed().empty()) << "the core has not seen the write";
  harness.disconnect(first);
  harness.send(second, reads(3, 3));
  EXPECT_EQ(harness.take(second).back().err, ErrorCode::Ok);
}

TEST_F(ShardClientLimits, MoreWatchesAreRefused) {
  limit({.name = "some", .scheme = "any", .pattern = "", .watches = 2});
  const ConnectionId id = harness.connect();
  harness.send(id, get_data(1, "/a", true) + get_data(2, "/b", true) + get_data(3, "/", true));
  EXPECT_EQ(harness.take(id).back().err, ErrorCode::QuotaExceeded);
  EXPECT_EQ(harness.shard.watch_count(), 2U);
  harness.send(id, get_data(4, "/"));
  EXPECT_EQ(harness.take(id).back().err, ErrorCode::Ok) << "without a watch";

  harness.apply_set("/a", "y");
  harness.deliver_mail();
  harness.send(id, get_data(5, "/", true));
  EXPECT_EQ(harness.take(id).back().err, ErrorCode::Ok) << "one has fired";
  EXPECT_EQ(limits->report()[0].watches, 2);
  harness.disconnect(id);
  EXPECT_EQ(limits->report()[0].watches, 0);
}

TEST_F(ShardClientLimits, WhoShowsLaterWhoItIsBringsItsWatches) {
  limit({.name = "some", .scheme = "digest", .pattern = "app:*", .watches = 2});
  const ConnectionId id = harness.connect();
  harness.send(id, get_data(1, "/a", true) + get_data(2, "/b", true));
  EXPECT_EQ(limits->report()[0].watches, 0);
  harness.send(id,
               request(jute::kXidAuth,
                       jute::Opcode::Auth,
                       encoded(jute::AuthPacket{0, "digest", "app:secret"})) +
                   get_data(3, "/", true));
  EXPECT_EQ(harness.take(id).back().err, ErrorCode::QuotaExceeded);
  EXPECT_EQ(limits->report()[0].watches, 2);
  harness.disconnect(id);
  EXPECT_EQ(limits->report()[0].watches, 0);
}

TEST_F(ShardClientLimits, WhoseTokenHasEndedIsNotMeantAnyMore) {
  const tokens::Signer signer("EC");
  const jwt::Verifier verifier(
      {.issuer = "us", .audience = "paddock", .leeway = milliseconds(0)},
      std::make_shared<const jwt::KeySet>(*jwt::KeySet::parse(signer.key_set())));
  harness.authenticator = auth::Authenticator({}, &verifier);
  const std::int64_t end = harness.now.wall.ms / 1000 + 10;
  const std::string token =
      signer.sign(R"({"iss":"us","aud":"paddock","sub":"app","exp":)" + std::to_string(end) + "}");
  limit({.name = "some", .scheme = "jwt", .pattern = "app", .connections = 5, .watches = 5});
  const ConnectionId id = harness.connect();
  harness.send(
      id,
      request(jute::kXidAuth, jute::Opcode::Auth, encoded(jute::AuthPacket{0, "jwt", token})) +
          get_data(1, "/a", true));
  EXPECT_EQ(limits->report()[0].connections, 1);
  EXPECT_EQ(limits->report()[0].watches, 1);
  harness.now.wall.ms = end * 1000;
  harness.send(id, get_data(2, "/b", true));
  EXPECT_EQ(harness.take(id).back().err, ErrorCode::Ok);
  EXPECT_EQ(limits->report()[0].connections, 0);
  EXPECT_EQ(limits->report()[0].watches, 0);
  harness.disconnect(id);
  EXPECT_EQ(limits->report()[0].connections, 0);
  EXPECT_EQ(limits->report()[0].watches, 0);
}

TEST_F(ShardClientLimits, NewOnesCountWhatIsThere) {
  const ConnectionId id = harness.connect();
  harness.send(id, get_data(1, "/a", true) + get_data(2, "/b", true));
  limit({.name = "some", .scheme = "any", .pattern = "", .watches = 2});
  EXPECT_EQ(limits->report()[0].watches, 2);
  EXPECT_EQ(limits->report()[0].connections, 1);
  harness.disconnect(id);
  EXPECT_EQ(limits->report()[0].watches, 0);
  EXPECT_EQ(limits->report()[0].connections, 0);
}

/// Whether the shell may go on reading.
void set_memory_short(Harness& harness, bool is_short) {
  harness.shard.set_memory_short(is_short, harness.now, harness.effects);
}

TEST(ShardMemory, WhileItIsShortNewSessionsAndWatchesAreRefused) {
  Harness harness;
  harness.apply_create("/a", "x");
  const ConnectionId id = harness.connect();
  set_memory_short(harness, true);
  harness.send(id, get_data(1, "/a", true) + get_data(2, "/a"));
  const std::vector<Packet> packets = harness.take(id);
  EXPECT_EQ(packets[0].err, ErrorCode::ThrottledOp);
  EXPECT_EQ(packets[1].err, ErrorCode::Ok);
  const ConnectionId second = harness.accept();
  harness.clear_effects();
  harness.send(second, handshake());
  EXPECT_TRUE(harness.closes(second));
  EXPECT_EQ(harness.shard.counters().memory_refused, 2);

  set_memory_short(harness, false);
  harness.send(id, get_data(3, "/a", true));
  EXPECT_EQ(harness.take(id).back().err, ErrorCode::Ok);
}

TEST(ShardMemory, WhileItIsShortWhoComesBackIsLetIn) {
  Harness harness;
  const ConnectionId first = harness.connect();
  const SessionId session = harness.session_of(first);
  harness.disconnect(first);
  set_memory_short(harness, true);
  const ConnectionId second = harness.accept();
  const session::Password password = session::password_of(session);
  harness.send(
      second,
      handshake({.session = session, .password = std::string(password.begin(), password.end())}));
  harness.clear_effects();
  EXPECT_FALSE(harness.closes(second));
}

TEST(ShardMemory, WhileItIsShortALargeRequestThatHasBegunIsReadToItsEnd) {
  Harness harness;
  harness.apply_create("/a", "x");
  const ConnectionId id = harness.connect();
  const std::string large = set_data(1, "/a", std::string(200'000, 'x'));
  harness.send(id, View(large).substr(0, 100'000));
  set_memory_short(harness, true);
  EXPECT_TRUE(harness.shard.wants_input(id)) << "nothing else would make it go on";
  harness.send(id, View(large).substr(100'000));
  harness.run_core();
  EXPECT_EQ(harness.take_xids(id), (Xids{1}));
}

TEST(ShardMemory, WhileItIsShortWhoHasMuchQueuedIsNotReadFrom) {
  Harness harness;
  harness.apply_create("/a", std::string(100'000, 'x'));
  const ConnectionId greedy = harness.connect();
  const ConnectionId modest = harness.connect();
  harness.send(greedy, get_data(1, "/a"));
  ASSERT_TRUE(harness.shard.wants_input(greedy));
  set_memory_short(harness, true);
  EXPECT_FALSE(harness.shard.wants_input(greedy));
  EXPECT_TRUE(harness.shard.wants_input(modest));
  harness.clear_effects();
  harness.take(greedy);
  EXPECT_TRUE(harness.resumes(greedy)) << "its client has read";

  harness.send(greedy, get_data(2, "/a"));
  EXPECT_FALSE(harness.shard.wants_input(greedy));
  harness.clear_effects();
  set_memory_short(harness, false);
  EXPECT_TRUE(harness.resumes(greedy));
}

}  // namespace
}  // namespace paddock::shard
