// SPDX-License-Identifier: Apache-2.0
//
// What a connection may take of a turn, alone and beside others.
#include "shard/turn_share.h"

#include <gtest/gtest.h>

#include "harness.h"

namespace paddock::shard {
namespace {

using Xids = std::vector<std::int32_t>;

constexpr std::size_t kRequest = TurnShare::kRequestBytes;

TEST(TurnShares, AreUsedUpByRequestsAndTheirBytes) {
  TurnShare share;
  EXPECT_FALSE(share.is_used_up(1, 3 * kRequest));
  share.take(0);
  share.take(kRequest - 1);
  EXPECT_FALSE(share.is_used_up(1, 3 * kRequest));
  share.take(1);
  EXPECT_TRUE(share.is_used_up(1, 3 * kRequest));
}

TEST(TurnShares, AreWholeAgainInTheNextTurn) {
  TurnShare share;
  share.take(0);
  ASSERT_TRUE(share.is_used_up(0, kRequest));
  EXPECT_FALSE(share.is_used_up(1, kRequest));
}

TEST(TurnShares, MakeUpForWhatWasTooMuch) {
  TurnShare share;
  share.take(3 * kRequest);
  EXPECT_TRUE(share.is_used_up(0, 2 * kRequest));
  EXPECT_TRUE(share.is_used_up(1, 2 * kRequest)) << "four were taken: those of two turns";
  EXPECT_FALSE(share.is_used_up(2, 2 * kRequest));
}

TEST(TurnShares, DoNotGrowWhileNothingIsAskedFor) {
  TurnShare share;
  static_cast<void>(share.is_used_up(1'000'000'000'000, 2 * kRequest));
  share.take(0);
  share.take(0);
  EXPECT_TRUE(share.is_used_up(1'000'000'000'000, 2 * kRequest));
}

std::string reads(std::int32_t count) {
  std::string bytes;
  for (std::int32_t xid = 1; xid <= count; ++xid) bytes += get_data(xid, "/a");
  return bytes;
}

/// Into the shard as one receive has it.
void send_at_once(Harness& harness, ConnectionId id, View bytes) {
  std::size_t room = 0;
  char* const space = harness.shard.input_space(id, bytes.size(), room);
  bytes.copy(space, bytes.size());
  harness.shard.on_bytes(id, bytes.size(), harness.now, harness.effects);
  harness.shard.check_invariants();
}

/// About two small requests a turn.
constexpr ShardOptions two_a_turn() {
  return {.turn_bytes = 2 * kRequest};
}

TEST(ShardTurns, ManyRequestsOfOneConnectionTakeSeveral) {
  Harness harness(two_a_turn());
  harness.apply_create("/a", "x");
  const ConnectionId id = harness.connect();
  harness.end_turn();
  send_at_once(harness, id, reads(5));

  EXPECT_EQ(harness.take_xids(id), (Xids{1, 2}));
  EXPECT_TRUE(harness.shard.has_waiting());
  EXPECT_FALSE(harness.shard.wants_input(id)) << "its input is held";
  harness.end_turn();
  EXPECT_EQ(harness.take_xids(id), (Xids{3, 4}));
  harness.clear_effects();
  harness.end_turn();
  EXPECT_EQ(harness.take_xids(id), (Xids{5}));
  EXPECT_FALSE(harness.shard.has_waiting());
  EXPECT_TRUE(harness.resumes(id));
  EXPECT_EQ(harness.shard.counters().turns_used_up, 2);
}

TEST(ShardTurns, OthersAreServedInBetween) {
  Harness harness(two_a_turn());
  harness.apply_create("/a", "x");
  const ConnectionId greedy = harness.connect();
  const ConnectionId modest = harness.connect();
  harness.end_turn();
  send_at_once(harness, greedy, reads(20));
  send_at_once(harness, modest, reads(1));

  EXPECT_EQ(harness.take(greedy).size(), 2U);
  EXPECT_EQ(harness.take(modest).size(), 1U);
}

TEST(ShardTurns, OthersAreServedBetweenTheSharesOfARound) {
  Harness harness(two_a_turn());
  harness.apply_create("/a", "x");
  const std::vector<ConnectionId> greedy{harness.connect(), harness.connect(), harness.connect()};
  const ConnectionId modest = harness.connect();
  harness.end_turn();
  for (const ConnectionId id : greedy) send_at_once(harness, id, reads(9));
  for (const ConnectionId id : greedy) EXPECT_EQ(harness.take(id).size(), 2U);

  for (std::size_t i = 0; i < greedy.size(); ++i) {
    harness.shard.go_round(harness.now, harness.effects);
    for (std::size_t each = 0; each < greedy.size(); ++each) {
      EXPECT_EQ(harness.take(greedy[each]).size(), each == i ? 2U : 0U) << i << ", " << each;
    }
    send_at_once(harness, modest, reads(1));
    EXPECT_EQ(harness.take(modest).size(), i < 2 ? 1U : 0U) << "its own share is two a round";
    EXPECT_TRUE(harness.shard.has_waiting());
  }
  EXPECT_FALSE(harness.shard.is_amid_round());
}

TEST(ShardTurns, WritesAreDealtOutLikeReads) {
  Harness harness(two_a_turn());
  const ConnectionId greedy = harness.connect();
  const ConnectionId modest = harness.connect();
  harness.end_turn();
  std::string writes;
  for (std::int32_t xid = 1; xid <= 20; ++xid) writes += set_data(xid, "/none", "x");
  send_at_once(harness, greedy, writes);
  send_at_once(harness, modest, set_data(1, "/none", "x"));

  ASSERT_EQ(harness.handed().size(), 3U);
  EXPECT_EQ(harness.handed().back().entry.connection, modest);
  harness.end_turn();
  EXPECT_EQ(harness.handed().size(), 5U);
}

std::string writes(std::int32_t count) {
  std::string bytes;
  for (std::int32_t xid = 1; xid <= count; ++xid) bytes += set_data(xid, "/none", "x");
  return bytes;
}

TEST(ShardTurns, WhileOthersAreHeardOfOneHasOnlySoManyUnansweredWrites) {
  Harness harness({.shared_writes_max = 2});
  const ConnectionId greedy = harness.connect();
  const ConnectionId modest = harness.connect();
  harness.send(greedy, writes(8));
  EXPECT_EQ(harness.handed().size(), 2U);
  harness.send(modest, writes(1));
  EXPECT_EQ(harness.handed().size(), 3U);
  for (int i = 0; i < 3; ++i) harness.run_core();

  EXPECT_EQ(harness.take_xids(modest), (Xids{1}));
  EXPECT_EQ(harness.take_xids(greedy), (Xids{1, 2, 3, 4, 5, 6}));
}

TEST(ShardTurns, WhoIsAloneMayHaveAllUnansweredWrites) {
  Harness harness({.outstanding_max = 8, .shared_writes_max = 2});
  const ConnectionId other = harness.connect();
  const ConnectionId alone = harness.connect();
  harness.send(other, get_data(1, "/none"));
  harness.send(alone, get_data(1, "/none"));
  harness.advance(milliseconds(1000));
  harness.send(alone, writes(10));
  EXPECT_EQ(harness.handed().size(), 8U);
}

TEST(ShardTurns, OneThatIsGoneIsForgotten) {
  Harness harness(two_a_turn());
  harness.apply_create("/a", "x");
  const ConnectionId id = harness.connect();
  harness.end_turn();
  send_at_once(harness, id, reads(5));
  harness.disconnect(id);
  harness.end_turn();
  EXPECT_FALSE(harness.shard.has_waiting());
}

TEST(ShardTurns, OneThatIsSentAwayIsAnsweredToTheEnd) {
  Harness harness(two_a_turn());
  harness.apply_create("/a", "x");
  const ConnectionId id = harness.connect();
  harness.end_turn();
  send_at_once(harness, id, reads(5));
  harness.shard.send_away(id, harness.now, harness.effects);
  EXPECT_FALSE(harness.closes(id));
  harness.end_turn();
  harness.end_turn();

  EXPECT_TRUE(harness.closes(id));
  EXPECT_EQ(harness.take_xids(id), (Xids{1, 2, 3, 4, 5}));
}

}  // namespace
}  // namespace paddock::shard
