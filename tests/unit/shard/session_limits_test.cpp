// SPDX-License-Identifier: Apache-2.0
//
// Limits of the sessions of some clients and of the ephemerals that these own: what is counted, and
// what is refused.
#include <gtest/gtest.h>

#include "harness.h"
#include "request/operation.h"
#include "shard/client_limits.h"

namespace paddock::shard {
namespace {

std::string show_identity() {
  return request(
      jute::kXidAuth, jute::Opcode::Auth, encoded(jute::AuthPacket{0, "digest", "app:secret"}));
}

std::string ephemeral(std::int32_t xid, View path) {
  return create(xid, path, "", jute::CreateMode::Ephemeral);
}

std::string multi_of_ephemerals(std::int32_t xid, const std::vector<std::string>& paths) {
  ByteBuffer out;
  jute::Writer writer(out);
  jute::ListBuilder<jute::Acl> acl;
  acl.add({jute::kPermAll, {"world", "anyone"}});
  for (const std::string& path : paths) {
    writer.put(jute::MultiHeader{jute::Opcode::Create, false, -1});
    writer.put(jute::CreateRequest{path, "", acl.view(), jute::CreateMode::Ephemeral});
  }
  writer.put(jute::MultiHeader{jute::Opcode::Error, true, -1});
  return request(xid, jute::Opcode::Multi, out.view());
}

struct SessionLimits : testing::Test {
  void limit(LimitRule rule) {
    limits = std::make_shared<ClientLimits>(std::vector{std::move(rule)});
    harness.shard.set_limits(limits, harness.now, harness.effects);
  }
  ConnectionId connect_again(SessionId session) {
    const ConnectionId id = harness.accept();
    const session::Password password = session::password_of(session);
    const std::string text(password.begin(), password.end());
    harness.send(id, handshake({.session = session, .password = text}));
    harness.run_core();
    harness.take_bytes(id);
    return id;
  }
  /// Whether a new connection is given a session.
  bool is_let_in() {
    harness.clear_effects();
    const ConnectionId id = harness.accept();
    harness.send(id, handshake());
    harness.run_core();
    return !harness.closes(id);
  }
  ErrorCode answer_to(ConnectionId id, const std::string& sent) {
    harness.send(id, sent);
    harness.run_core();
    return harness.take(id).back().err;
  }
  [[nodiscard]] std::int64_t sessions() const { return *limits->report()[0].sessions; }
  [[nodiscard]] std::int64_t ephemerals() const { return *limits->report()[0].ephemerals; }
  [[nodiscard]] std::int64_t refused() const { return limits->report()[0].refused; }

  Harness harness;
  std::shared_ptr<ClientLimits> limits;
};

TEST_F(SessionLimits, ASessionCountsWithoutAConnectionUntilItEnds) {
  limit({.name = "some", .scheme = "any", .pattern = "", .sessions = 2});
  const ConnectionId first = harness.connect();
  harness.connect();
  EXPECT_EQ(sessions(), 2);
  harness.disconnect(first);
  EXPECT_EQ(sessions(), 2);
  EXPECT_FALSE(is_let_in());
  EXPECT_EQ(refused(), 1);

  harness.end_session(harness.session_of(first));
  EXPECT_TRUE(is_let_in()) << "behind the mail that tells of the end";
  EXPECT_EQ(sessions(), 2);
}

TEST_F(SessionLimits, WhoComesBackToItsSessionIsNotOneMore) {
  limit({.name = "some", .scheme = "any", .pattern = "", .sessions = 1});
  const ConnectionId first = harness.connect();
  const SessionId session = harness.session_of(first);
  harness.disconnect(first);
  const ConnectionId second = connect_again(session);
  EXPECT_EQ(sessions(), 1);
  EXPECT_EQ(answer_to(second, get_data(1, "/")), ErrorCode::Ok);
  EXPECT_FALSE(is_let_in());
}

TEST_F(SessionLimits, SessionsThatAreAskedForAtOnceCount) {
  limit({.name = "some", .scheme = "any", .pattern = "", .sessions = 1});
  const ConnectionId first = harness.accept();
  const ConnectionId second = harness.accept();
  harness.clear_effects();
  harness.send(first, handshake());
  harness.send(second, handshake());
  EXPECT_FALSE(harness.closes(first));
  EXPECT_TRUE(harness.closes(second)) << "before the core has answered the first";
}

TEST_F(SessionLimits, ASessionWhoseConnectionHasGoneBeforeTheAnswerCounts) {
  limit({.name = "some", .scheme = "any", .pattern = "", .sessions = 1});
  const ConnectionId id = harness.accept();
  harness.send(id, handshake());
  harness.disconnect(id);
  harness.run_core();
  EXPECT_EQ(sessions(), 1);
  EXPECT_FALSE(is_let_in());
}

TEST_F(SessionLimits, OneThatIsRefusedByTheCoreCountsNoMore) {
  limit({.name = "some", .scheme = "any", .pattern = "", .sessions = 1});
  const ConnectionId id = harness.accept();
  harness.send(id, handshake());
  harness.mail({.kind = gate::MailKind::SessionRefused, .connection = id});
  harness.deliver_mail();
  EXPECT_EQ(sessions(), 0);
}

TEST_F(SessionLimits, WhoShowsLaterThatItIsOneTooManyIsRefusedAndTheOthersAreNot) {
  limit({.name = "some", .scheme = "digest", .pattern = "app:*", .sessions = 1});
  const ConnectionId first = harness.connect();
  const ConnectionId second = harness.connect();
  EXPECT_EQ(answer_to(first, show_identity() + get_data(1, "/")), ErrorCode::Ok);
  EXPECT_EQ(answer_to(second, show_identity() + get_data(1, "/")), ErrorCode::ThrottledOp);
  EXPECT_EQ(answer_to(second, create(2, "/a", "")), ErrorCode::ThrottledOp);
  EXPECT_EQ(answer_to(first, get_data(2, "/")), ErrorCode::Ok);
  EXPECT_EQ(sessions(), 1);
  EXPECT_EQ(refused(), 2);

  harness.disconnect(first);
  EXPECT_EQ(answer_to(second, get_data(3, "/")), ErrorCode::ThrottledOp) << "its session is there";
  harness.end_session(harness.session_of(first));
  harness.deliver_mail();
  EXPECT_EQ(answer_to(second, get_data(4, "/")), ErrorCode::Ok);
}

TEST_F(SessionLimits, MoreEphemeralsAreRefusedUntilOneHasGone) {
  limit({.name = "some", .scheme = "any", .pattern = "", .ephemerals = 2});
  const ConnectionId id = harness.connect();
  EXPECT_EQ(answer_to(id, ephemeral(1, "/a")), ErrorCode::Ok);
  EXPECT_EQ(answer_to(id, ephemeral(2, "/b")), ErrorCode::Ok);
  EXPECT_EQ(answer_to(id, ephemeral(3, "/c")), ErrorCode::QuotaExceeded);
  EXPECT_EQ(answer_to(id, create(4, "/d", "")), ErrorCode::Ok) << "not an ephemeral";
  EXPECT_EQ(ephemerals(), 2);
  EXPECT_EQ(refused(), 1);

  harness.apply_delete("/a");
  harness.deliver_mail();
  EXPECT_EQ(ephemerals(), 1) << "whoever has deleted it";
  EXPECT_EQ(answer_to(id, ephemeral(5, "/c")), ErrorCode::Ok);
}

TEST_F(SessionLimits, EphemeralsOnTheirWayCount) {
  limit({.name = "some", .scheme = "any", .pattern = "", .ephemerals = 2});
  const ConnectionId id = harness.connect();
  harness.send(id, ephemeral(1, "/a") + ephemeral(2, "/a") + ephemeral(3, "/b"));
  EXPECT_EQ(ephemerals(), 2);
  EXPECT_EQ(harness.handed().size(), 2U) << "the third waits for what becomes of the others";
  harness.run_core();
  harness.run_core();
  const std::vector<Packet> packets = harness.take(id);
  ASSERT_EQ(packets.size(), 3U);
  EXPECT_EQ(packets[1].err, ErrorCode::NodeExists);
  EXPECT_EQ(packets[2].err, ErrorCode::Ok) << "as the second was not made";
  EXPECT_EQ(ephemerals(), 2);
}

TEST_F(SessionLimits, AMultiCountsAllThatItMakes) {
  limit({.name = "some", .scheme = "any", .pattern = "", .ephemerals = 2});
  const ConnectionId id = harness.connect();
  EXPECT_EQ(answer_to(id, multi_of_ephemerals(1, {"/a", "/b", "/c"})), ErrorCode::QuotaExceeded);
  harness.send(id, multi_of_ephemerals(2, {"/a", "/b"}));
  EXPECT_EQ(ephemerals(), 2);
  harness.run_core();
  EXPECT_EQ(harness.take_xids(id), std::vector<std::int32_t>{2});
}

TEST_F(SessionLimits, EphemeralsGoWithTheirSession) {
  limit({.name = "some", .scheme = "any", .pattern = "", .ephemerals = 1});
  const ConnectionId first = harness.connect();
  EXPECT_EQ(answer_to(first, ephemeral(1, "/a")), ErrorCode::Ok);
  harness.disconnect(first);
  const ConnectionId second = harness.connect();
  EXPECT_EQ(answer_to(second, ephemeral(1, "/b")), ErrorCode::QuotaExceeded);
  harness.end_session(harness.session_of(first));
  harness.deliver_mail();
  EXPECT_EQ(ephemerals(), 0);
  EXPECT_EQ(answer_to(second, ephemeral(2, "/b")), ErrorCode::Ok);
}

TEST_F(SessionLimits, WhoShowsLaterWhoItIsBringsItsSessionAndEphemerals) {
  limit({.name = "some", .scheme = "digest", .pattern = "app:*", .sessions = 5, .ephemerals = 1});
  const ConnectionId id = harness.connect();
  EXPECT_EQ(answer_to(id, ephemeral(1, "/a")), ErrorCode::Ok);
  EXPECT_EQ(sessions(), 0);
  EXPECT_EQ(answer_to(id, show_identity() + ephemeral(2, "/b")), ErrorCode::QuotaExceeded);
  EXPECT_EQ(sessions(), 1);
  EXPECT_EQ(ephemerals(), 1);
}

TEST_F(SessionLimits, NewOnesCountWhatIsThereAndWhatIsOnItsWay) {
  limit({.name = "some", .scheme = "any", .pattern = "", .ephemerals = 10});
  const ConnectionId id = harness.connect();
  EXPECT_EQ(answer_to(id, ephemeral(1, "/a")), ErrorCode::Ok);
  harness.send(id, ephemeral(2, "/b"));
  limit({.name = "some", .scheme = "any", .pattern = "", .sessions = 1, .ephemerals = 1});
  EXPECT_EQ(sessions(), 1);
  EXPECT_EQ(ephemerals(), 2);
  harness.run_core();
  EXPECT_EQ(harness.take(id).back().err, ErrorCode::Ok) << "asked for before";
  EXPECT_EQ(ephemerals(), 2);
  EXPECT_EQ(answer_to(id, ephemeral(3, "/c")), ErrorCode::QuotaExceeded);
  EXPECT_FALSE(is_let_in());
}

TEST_F(SessionLimits, WhatIsLostOnItsWayCountsNoMore) {
  limit({.name = "some", .scheme = "any", .pattern = "", .ephemerals = 1});
  const ConnectionId id = harness.connect();
  harness.send(id, ephemeral(1, "/a"));
  EXPECT_EQ(ephemerals(), 1);
  harness.clear_effects();
  harness.handed().clear();
  harness.disconnect(id);
  EXPECT_EQ(ephemerals(), 0);
}

TEST_F(SessionLimits, WithoutSuchALimitNothingIsCounted) {
  limit({.name = "some", .scheme = "any", .pattern = "", .connections = 5});
  harness.connect();
  EXPECT_FALSE(limits->report()[0].sessions);
  EXPECT_FALSE(harness.tree.write().counts_sessions(0));
}

}  // namespace
}  // namespace paddock::shard
