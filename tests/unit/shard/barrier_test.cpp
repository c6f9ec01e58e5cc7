// SPDX-License-Identifier: Apache-2.0
//
// Linearizable reads: they wait for a barrier, one for all that has arrived.
#include <gtest/gtest.h>

#include "harness.h"

namespace paddock::shard {
namespace {

using jute::Opcode;
using Xids = std::vector<std::int32_t>;

ShardOptions one_of_several() {
  ShardOptions options;
  options.reads_may_lag = true;
  return options;
}

std::string wish(View reads) {
  return request(jute::kXidAuth, Opcode::Auth, encoded(jute::AuthPacket{0, "reads", reads}));
}

/// A client that has asked for linearizable reads.
ConnectionId connect(Harness& harness) {
  const ConnectionId id = harness.connect();
  harness.send(id, wish("linearizable"));
  EXPECT_EQ(harness.take_xids(id), (Xids{jute::kXidAuth}));
  return id;
}

std::size_t syncs(Harness& harness) {
  std::size_t count = 0;
  for (const Handed& handed : harness.handed()) count += handed.entry.opcode == Opcode::Sync;
  return count;
}

TEST(ShardBarrier, AReadWaitsForIt) {
  Harness harness(one_of_several());
  harness.apply_create("/a", "x");
  const ConnectionId id = connect(harness);
  harness.send(id, get_data(1, "/a"));
  EXPECT_TRUE(harness.take_xids(id).empty());
  ASSERT_EQ(syncs(harness), 1U);

  // What others have written by the time of the answer is seen.
  harness.apply_set("/a", "newer");
  harness.run_core();
  const std::vector<Packet> packets = harness.take(id);
  ASSERT_EQ(packets.size(), 1U) << "the client sees nothing of the barrier itself";
  jute::DataResponse data;
  ASSERT_TRUE(jute::decode(packets[0].record, data));
  EXPECT_EQ(data.data, "newer");
}

TEST(ShardBarrier, OneCoversAllReadsThatHaveArrived) {
  Harness harness(one_of_several());
  harness.apply_create("/a", "x");
  const ConnectionId id = connect(harness);
  harness.send(id, get_data(1, "/a") + exists(2, "/a") + get_children(3, "/"));
  EXPECT_EQ(syncs(harness), 1U);
  harness.send(id, get_data(4, "/a"));
  harness.run_core(1);
  EXPECT_EQ(harness.take_xids(id), (Xids{1, 2, 3}));
  EXPECT_EQ(syncs(harness), 1U) << "a later read needs one of its own";
  harness.run_core();
  EXPECT_EQ(harness.take_xids(id), (Xids{4}));
}

TEST(ShardBarrier, TheOrderOfRequestsStays) {
  Harness harness(one_of_several());
  harness.apply_create("/a", "x");
  const ConnectionId id = connect(harness);
  harness.send(id, get_data(1, "/a") + set_data(2, "/a", "y") + get_data(3, "/a") + ping());
  harness.run_core();  // the barrier
  harness.run_core();  // the write; the read behind it is covered
  const std::vector<Packet> packets = harness.take(id);
  ASSERT_EQ(packets.size(), 4U);
  jute::DataResponse data;
  ASSERT_TRUE(jute::decode(packets[0].record, data));
  EXPECT_EQ(data.data, "x");
  ASSERT_TRUE(jute::decode(packets[2].record, data));
  EXPECT_EQ(data.data, "y");
}

TEST(ShardBarrier, ByDefaultThereIsNone) {
  Harness harness(one_of_several());
  harness.apply_create("/a", "x");
  const ConnectionId id = harness.connect();
  harness.send(id, get_data(1, "/a"));
  EXPECT_EQ(harness.take_xids(id), (Xids{1}));
}

TEST(ShardBarrier, AServerMayWantItForAllAndAClientNot) {
  ShardOptions options = one_of_several();
  options.linearizable_reads = true;
  Harness harness(options);
  harness.apply_create("/a", "x");
  const ConnectionId id = harness.connect();
  harness.send(id, get_data(1, "/a"));
  EXPECT_EQ(syncs(harness), 1U);
  harness.run_core();
  EXPECT_EQ(harness.take_xids(id), (Xids{1}));
  harness.send(id, wish("local") + get_data(2, "/a"));
  EXPECT_EQ(harness.take_xids(id), (Xids{jute::kXidAuth, 2}));
}

TEST(ShardBarrier, AServerThatIsAloneNeedsNone) {
  Harness harness;
  harness.apply_create("/a", "x");
  const ConnectionId id = connect(harness);
  harness.send(id, get_data(1, "/a"));
  EXPECT_EQ(harness.take_xids(id), (Xids{1}));
}

TEST(ShardBarrier, AnotherWishIsAScheme) {
  Harness harness(one_of_several());
  const ConnectionId id = harness.connect();
  harness.send(id, wish("backwards"));
  EXPECT_TRUE(harness.closes(id));
}

}  // namespace
}  // namespace paddock::shard
