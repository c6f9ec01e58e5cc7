// SPDX-License-Identifier: Apache-2.0
//
// Limits that all connections of a shard share, and what a connection must prove first.
#include <gtest/gtest.h>

#include "harness.h"

namespace paddock::shard {
namespace {

using Xids = std::vector<std::int32_t>;

TEST(ShardLimits, ManyWritesOfOthersHoldUpThoseWhoWaitForTheirPartOfTheAnswers) {
  Harness harness({.outstanding_max = 4});
  const ConnectionId greedy = harness.connect();
  const ConnectionId waiting = harness.connect();
  harness.send(waiting, set_data(1, "/none", "x"));
  harness.send(greedy,
               set_data(1, "/none", "x") + set_data(2, "/none", "x") + set_data(3, "/none", "x"));
  ASSERT_EQ(harness.handed().size(), 4U);
  EXPECT_FALSE(harness.shard.wants_input(greedy));
  EXPECT_TRUE(harness.shard.wants_input(waiting)) << "it has less than half of them";

  harness.send(waiting, set_data(2, "/none", "x") + set_data(3, "/none", "x"));

  EXPECT_EQ(harness.handed().size(), 5U);
  EXPECT_FALSE(harness.shard.wants_input(waiting));
  harness.clear_effects();
  harness.run_core();
  EXPECT_TRUE(harness.resumes(waiting));
  harness.run_core();
  EXPECT_EQ(harness.take_xids(waiting), (Xids{1, 2, 3}));
}

TEST(ShardLimits, AConnectionWithoutUnansweredWritesMayAlwaysSendOne) {
  Harness harness({.outstanding_max = 2});
  const ConnectionId greedy = harness.connect();
  const ConnectionId modest = harness.connect();
  harness.send(greedy, set_data(1, "/none", "x") + set_data(2, "/none", "x"));
  ASSERT_EQ(harness.handed().size(), 2U);

  EXPECT_TRUE(harness.shard.wants_input(modest));
  harness.send(modest, set_data(1, "/none", "x"));

  EXPECT_EQ(harness.handed().size(), 3U);
}

TEST(ShardLimits, TheBytesOfUnansweredWritesAreLimitedToo) {
  Harness harness({.outstanding_bytes_max = 3000});
  const ConnectionId id = harness.connect();
  std::string writes;
  for (std::int32_t xid = 1; xid <= 6; ++xid) writes += set_data(xid, "/a", std::string(1000, 'x'));
  harness.send(id, writes);

  EXPECT_EQ(harness.handed().size(), 3U);
  EXPECT_FALSE(harness.shard.wants_input(id));
  harness.run_core();
  harness.run_core();
  EXPECT_EQ(harness.take_xids(id), (Xids{1, 2, 3, 4, 5, 6}));
  EXPECT_TRUE(harness.shard.wants_input(id));
}

TEST(ShardLimits, AClosedConnectionGivesBackItsShare) {
  Harness harness({.outstanding_max = 2});
  const ConnectionId greedy = harness.connect();
  const ConnectionId other = harness.connect();
  harness.send(greedy, set_data(1, "/none", "x") + set_data(2, "/none", "x"));
  harness.disconnect(greedy);

  harness.send(other, set_data(1, "/none", "x"));

  EXPECT_TRUE(harness.shard.wants_input(other));
  harness.shard.check_invariants();
}

TEST(ShardLimits, ALargeRequestIsRefusedWhileOthersTakeTheRoom) {
  Harness harness({.large_request_bytes = 500, .large_requests_bytes_max = 1500});
  harness.apply_create("/a");
  const ConnectionId first = harness.connect();
  const ConnectionId second = harness.connect();
  harness.clear_effects();
  harness.send(first, set_data(1, "/a", std::string(1000, 'x')));
  harness.send(second, set_data(1, "/a", std::string(100, 'x')));
  EXPECT_FALSE(harness.closes(second));
  // Its length is enough to refuse it.
  harness.send(second, View(set_data(2, "/a", std::string(1000, 'x'))).substr(0, 4));

  EXPECT_TRUE(harness.closes(second));
  EXPECT_FALSE(harness.closes(first));
  EXPECT_EQ(harness.shard.counters().large_rejected, 1);
  harness.run_core();
  EXPECT_EQ(harness.take_xids(first), (Xids{1}));
}

TEST(ShardLimits, ARequestThatWaitedTooLongIsNotCarriedOut) {
  Harness harness({.throttled_op_wait = milliseconds(100)});
  harness.apply_create("/a");
  const ConnectionId id = harness.connect();
  harness.send(id, set_data(1, "/a", "x") + get_data(2, "/a") + ping());
  harness.advance(milliseconds(101));
  harness.run_core();

  const std::vector<Packet> packets = harness.take(id);
  ASSERT_EQ(packets.size(), 3U);
  EXPECT_EQ(packets[0].err, ErrorCode::Ok);
  EXPECT_EQ(packets[1].xid, 2);
  EXPECT_EQ(packets[1].err, ErrorCode::ThrottledOp);
  EXPECT_EQ(packets[2].err, ErrorCode::Ok);
  EXPECT_EQ(harness.shard.counters().throttled, 1);
}

TEST(ShardLimits, ARequestThatHasWaitedForItsSessionsTimeoutEndsTheConnection) {
  Harness harness({.drop_stale = true});
  harness.apply_create("/a");
  const ConnectionId id = harness.connect();
  harness.send(id, set_data(1, "/a", "x") + get_data(2, "/a"));
  harness.clear_effects();
  harness.advance(milliseconds(30001));
  harness.run_core();

  EXPECT_TRUE(harness.closes(id));
  EXPECT_EQ(harness.take_xids(id), (Xids{1}));
  EXPECT_EQ(harness.shard.counters().stale_dropped, 1);
}

TEST(ShardLimits, HandshakesBeyondTheThrottleAreClosed) {
  Harness harness({.throttle = {.tokens = 1, .fill_time = seconds(10)}});
  const ConnectionId first = harness.connect();
  const ConnectionId second = harness.accept();
  harness.send(second, handshake());

  EXPECT_TRUE(harness.closes(second));
  EXPECT_TRUE(harness.take_bytes(second).empty());
  EXPECT_EQ(harness.shard.counters().handshakes_throttled, 1);
  EXPECT_TRUE(harness.shard.wants_input(first));
}

std::string auth(View scheme, View credential) {
  return request(
      jute::kXidAuth, jute::Opcode::Auth, encoded(jute::AuthPacket{0, scheme, credential}));
}

TEST(ShardEnforcedSchemes, ARequestBeforeThemIsRefusedAndEndsTheConnection) {
  Harness harness({.enforced_schemes = {"digest"}});
  harness.apply_create("/a", "x");
  const ConnectionId id = harness.connect();
  harness.clear_effects();
  harness.send(id, get_data(7, "/a") + get_data(8, "/a"));

  EXPECT_TRUE(harness.closes(id));
  const std::vector<Packet> packets = harness.take(id);
  ASSERT_EQ(packets.size(), 1U);
  EXPECT_EQ(packets[0].xid, 7);
  EXPECT_EQ(packets[0].err, ErrorCode::SessionClosedRequireSaslAuth);
  EXPECT_TRUE(packets[0].record.empty());
}

TEST(ShardEnforcedSchemes, PingsAndWritesAreNoExceptions) {
  for (const std::string& bytes : {ping(), set_data(1, "/a", "x")}) {
    Harness harness({.enforced_schemes = {"digest"}});
    const ConnectionId id = harness.connect();
    harness.clear_effects();
    harness.send(id, bytes);

    EXPECT_TRUE(harness.closes(id));
    EXPECT_TRUE(harness.handed().empty());
  }
}

TEST(ShardEnforcedSchemes, OneOfThemIsEnough) {
  Harness harness({.enforced_schemes = {"sasl", "digest"}});
  harness.apply_create("/a", "x");
  const ConnectionId id = harness.connect();
  harness.clear_effects();
  harness.send(id, auth("digest", "bob:secret") + get_data(1, "/a"));

  EXPECT_FALSE(harness.closes(id));
  EXPECT_EQ(harness.take_xids(id), (Xids{jute::kXidAuth, 1}));
}

}  // namespace
}  // namespace paddock::shard
