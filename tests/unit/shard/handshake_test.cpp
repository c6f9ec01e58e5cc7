// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "harness.h"

namespace paddock::shard {
namespace {

using gate::CoreKind;

std::string password_of(SessionId session) {
  const session::Password password = session::password_of(session);
  return {password.data(), password.size()};
}

struct Response {
  jute::ConnectResponse record;
  std::string password;
  std::size_t bytes = 0;
};

Response response_of(const std::string& bytes) {
  Response response;
  response.bytes = bytes.size();
  if (bytes.size() < 4) return response;
  EXPECT_EQ(load_be<std::int32_t>(bytes.data()), static_cast<std::int32_t>(bytes.size() - 4));
  EXPECT_TRUE(jute::decode(View(bytes).substr(4), response.record));
  response.password = response.record.password;
  return response;
}

TEST(ShardHandshake, ANewSessionIsAnsweredWithItsIdTimeoutAndPassword) {
  Harness harness;
  const ConnectionId id = harness.accept();
  harness.send(id, handshake({.timeout_ms = 10000}));
  ASSERT_EQ(harness.handed().size(), 1U);
  const gate::CoreEntry entry = harness.handed().front().entry;
  EXPECT_EQ(entry.kind, CoreKind::CreateSession);
  EXPECT_EQ(entry.timeout_ms, 10000);
  EXPECT_EQ(entry.connection, id);
  EXPECT_FALSE(harness.shard.wants_input(id));

  harness.run_core();
  const Response response = response_of(harness.take_bytes(id));

  EXPECT_EQ(response.bytes, 4U + 37U);
  EXPECT_EQ(response.record.timeout_ms, 10000);
  EXPECT_EQ(response.record.session_id, raw(harness.session_of(id)));
  EXPECT_EQ(response.password, password_of(harness.session_of(id)));
  EXPECT_TRUE(harness.shard.wants_input(id));
  EXPECT_TRUE(harness.resumes(id));
}

TEST(ShardHandshake, AnOldClientWithoutTheReadOnlyByteGetsAResponseWithoutIt) {
  Harness harness;
  const ConnectionId id = harness.accept();
  const std::string hello = handshake({.read_only_byte = false});
  ASSERT_EQ(hello.size(), 4U + 44U);
  harness.send(id, hello);
  harness.run_core();

  EXPECT_EQ(harness.take_bytes(id).size(), 4U + 36U);
}

TEST(ShardHandshake, TheTimeoutIsBroughtIntoItsBounds) {
  Harness harness;
  harness.send(harness.accept(), handshake({.timeout_ms = 1}));
  harness.send(harness.accept(), handshake({.timeout_ms = -5}));
  harness.send(harness.accept(), handshake({.timeout_ms = 1'000'000}));

  ASSERT_EQ(harness.handed().size(), 3U);
  EXPECT_EQ(harness.handed()[0].entry.timeout_ms, 4000);
  EXPECT_EQ(harness.handed()[1].entry.timeout_ms, 4000);
  EXPECT_EQ(harness.handed()[2].entry.timeout_ms, 40000);
}

TEST(ShardHandshake, AClientThatHasSeenMoreIsClosedWithoutAByte) {
  Harness harness;
  harness.apply_create("/a");
  const ConnectionId id = harness.accept();
  harness.send(id, handshake({.last_zxid_seen = 2}));

  EXPECT_TRUE(harness.closes(id));
  EXPECT_TRUE(harness.take_bytes(id).empty());
  EXPECT_TRUE(harness.handed().empty());

  const ConnectionId other = harness.accept();
  harness.send(other, handshake({.last_zxid_seen = 1}));
  EXPECT_EQ(harness.handed().size(), 1U);
}

TEST(ShardHandshake, AWrongPasswordIsRefusedWithoutAskingTheCore) {
  Harness harness;
  const ConnectionId first = harness.connect();
  harness.clear_effects();
  for (const std::string& password : {std::string(16, '\0'), std::string(), std::string(15, 'x')}) {
    const ConnectionId id = harness.accept();
    harness.send(id, handshake({.session = harness.session_of(first), .password = password}));

    const Response response = response_of(harness.take_bytes(id));
    EXPECT_EQ(response.bytes, 41U);
    EXPECT_EQ(response.record.timeout_ms, 0);
    EXPECT_EQ(response.record.session_id, 0);
    EXPECT_EQ(response.password, std::string(16, '\0'));
    EXPECT_TRUE(harness.closes(id));
    EXPECT_TRUE(harness.handed().empty());
  }
}

TEST(ShardHandshake, ANullPasswordIsRefused) {
  Harness harness;
  const ConnectionId id = harness.accept();
  ByteBuffer out;
  jute::Writer(out).put(jute::ConnectRequest{.timeout_ms = 1, .session_id = 7, .password = View{}});
  harness.send(id, framed(out.view()));

  EXPECT_EQ(harness.take_bytes(id).size(), 40U);
  EXPECT_TRUE(harness.closes(id));
}

TEST(ShardHandshake, ASessionIsAttachedAgainWithItsPassword) {
  Harness harness;
  const ConnectionId first = harness.connect();
  const SessionId session = harness.session_of(first);
  harness.disconnect(first);
  harness.clear_effects();
  const ConnectionId second = harness.accept();
  harness.send(
      second,
      handshake({.timeout_ms = 20000, .session = session, .password = password_of(session)}));
  ASSERT_EQ(harness.handed().back().entry.kind, CoreKind::AttachSession);
  EXPECT_EQ(harness.handed().back().entry.session, session);
  harness.run_core();

  const Response response = response_of(harness.take_bytes(second));
  EXPECT_EQ(response.record.session_id, raw(session));
  EXPECT_EQ(response.record.timeout_ms, 20000);
  EXPECT_EQ(response.password, password_of(session));
}

TEST(ShardHandshake, AnExpiredSessionIsRefusedAndClosed) {
  Harness harness;
  const SessionId gone{0x777};
  const ConnectionId id = harness.accept();
  harness.send(id, handshake({.session = gone, .password = password_of(gone)}));
  EXPECT_FALSE(harness.closes(id));
  harness.run_core();

  const Response response = response_of(harness.take_bytes(id));
  EXPECT_EQ(response.record.timeout_ms, 0);
  EXPECT_EQ(response.record.session_id, 0);
  EXPECT_EQ(response.password, std::string(16, '\0'));
  EXPECT_TRUE(harness.closes(id));
}

TEST(ShardHandshake, RequestsBehindTheHandshakeWaitForTheSession) {
  Harness harness;
  harness.apply_create("/a", "x");
  const ConnectionId id = harness.accept();
  harness.send(id, handshake() + get_data(1, "/a") + ping());
  EXPECT_TRUE(harness.take_bytes(id).empty());
  harness.run_core();

  const std::string bytes = harness.take_bytes(id);
  EXPECT_GT(bytes.size(), 41U + 20U + 24U);
  EXPECT_EQ(load_be<std::int32_t>(bytes.data() + 41 + 4), 1);
}

TEST(ShardHandshake, AMalformedOneIsClosedWithoutAByte) {
  Harness harness;
  const std::string hello = handshake();
  for (std::size_t length = 0; length < 28; ++length) {
    const ConnectionId id = harness.accept();
    harness.send(id, framed(View(hello).substr(4, length)));
    EXPECT_TRUE(harness.closes(id)) << length;
    EXPECT_TRUE(harness.take_bytes(id).empty());
    harness.clear_effects();
  }
  EXPECT_EQ(harness.shard.counters().handshakes_failed, 28);
}

TEST(ShardHandshake, OneThatTakesTooLongIsDropped) {
  Harness harness;
  const ConnectionId silent = harness.accept();
  const ConnectionId waiting = harness.accept();
  const ConnectionId served = harness.connect();
  harness.send(waiting, handshake());
  harness.advance(milliseconds(9999));
  harness.shard.on_tick(harness.now, harness.effects);
  EXPECT_TRUE(harness.effects.drop.empty());
  harness.advance(milliseconds(1));
  harness.shard.on_tick(harness.now, harness.effects);

  EXPECT_TRUE(harness.drops(silent));
  EXPECT_TRUE(harness.drops(waiting));
  EXPECT_FALSE(harness.drops(served));
  EXPECT_EQ(harness.shard.counters().handshakes_expired, 2);
  harness.shard.on_tick(harness.now, harness.effects);
  EXPECT_TRUE(harness.drops(silent));
}

TEST(ShardHandshake, AnAnswerForAConnectionThatIsGoneReachesNobody) {
  Harness harness;
  const ConnectionId first = harness.accept();
  harness.send(first, handshake());
  harness.disconnect(first);
  const ConnectionId second = harness.accept();
  ASSERT_NE(first, second);
  harness.run_core();

  EXPECT_TRUE(harness.take_bytes(second).empty());
  EXPECT_EQ(harness.shard.connection_count(), 1U);
}

TEST(ShardHandshake, TheCoreLearnsThatAConnectionWithASessionIsGone) {
  Harness harness;
  const ConnectionId silent = harness.accept();
  const ConnectionId served = harness.connect();
  harness.clear_effects();
  harness.handed().clear();
  harness.disconnect(silent);
  harness.disconnect(served);
  harness.disconnect(served);

  ASSERT_EQ(harness.handed().size(), 1U);
  EXPECT_EQ(harness.handed().front().entry.kind, CoreKind::ConnectionClosed);
  EXPECT_EQ(harness.handed().front().entry.connection, served);
  EXPECT_EQ(harness.handed().front().entry.session, harness.session_of(served));
}

TEST(ShardHandshake, TheCoresWordClosesAConnectionAfterWhatWasWritten) {
  Harness harness;
  harness.apply_create("/a");
  const ConnectionId id = harness.connect();
  harness.clear_effects();
  harness.mail({.kind = gate::MailKind::Close, .connection = id});
  harness.send(id, get_data(1, "/a"));

  EXPECT_TRUE(harness.closes(id));
  EXPECT_TRUE(harness.take(id).empty());
  harness.send(id, get_data(2, "/a"));
  EXPECT_TRUE(harness.take(id).empty());
}

TEST(ShardHandshake, AClosingConnectionWhoseClientDoesNotReadIsDropped) {
  Harness harness;
  const ConnectionId id = harness.connect();
  harness.send(id, ping());
  harness.mail({.kind = gate::MailKind::Close, .connection = id});
  harness.deliver_mail();
  EXPECT_FALSE(harness.drops(id));
  harness.advance(milliseconds(10000));
  harness.shard.on_tick(harness.now, harness.effects);

  EXPECT_TRUE(harness.drops(id));
}

TEST(ShardHandshake, SessionsHeardOfAreReportedOncePerTick) {
  Harness harness;
  const ConnectionId busy = harness.connect();
  const ConnectionId quiet = harness.connect();
  harness.shard.on_tick(harness.now, harness.effects);
  harness.handed().clear();
  harness.send(busy, ping() + ping());
  harness.send(busy, ping());
  harness.shard.on_tick(harness.now, harness.effects);

  ASSERT_EQ(harness.handed().size(), 1U);
  EXPECT_EQ(harness.handed().front().entry.kind, CoreKind::Touch);
  EXPECT_EQ(harness.handed().front().entry.session, harness.session_of(busy));
  EXPECT_NE(harness.session_of(busy), harness.session_of(quiet));
  harness.handed().clear();
  harness.shard.on_tick(harness.now, harness.effects);
  EXPECT_TRUE(harness.handed().empty());
}

}  // namespace
}  // namespace paddock::shard
