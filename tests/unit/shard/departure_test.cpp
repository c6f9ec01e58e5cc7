// SPDX-License-Identifier: Apache-2.0
//
// Clients that are sent away before the server ends.
#include <gtest/gtest.h>

#include "harness.h"

namespace paddock::shard {
namespace {

using Xids = std::vector<std::int32_t>;

void send_away(Harness& harness, std::size_t parts) {
  for (const ConnectionId id : harness.shard.next_to_leave(parts)) {
    harness.shard.send_away(id, harness.now, harness.effects);
  }
}

TEST(ShardDeparture, APartRoundedUpGoesEachTime) {
  Harness harness;
  std::vector<ConnectionId> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(harness.connect());
  const auto gone = [&] {
    std::size_t count = 0;
    for (const ConnectionId id : ids) count += harness.closes(id);
    return count;
  };
  send_away(harness, 2);
  EXPECT_EQ(gone(), 3U);
  send_away(harness, 1);
  EXPECT_EQ(gone(), 5U);
  send_away(harness, 1);
  EXPECT_EQ(gone(), 5U);
}

TEST(ShardDeparture, WhatTheCoreHasIsAnsweredFirst) {
  Harness harness;
  harness.apply_create("/a", "x");
  const ConnectionId id = harness.connect();
  harness.send(id, set_data(1, "/a", "y"));
  send_away(harness, 1);
  EXPECT_FALSE(harness.closes(id));
  EXPECT_FALSE(harness.shard.wants_input(id)) << "nothing more is taken";

  harness.run_core();

  EXPECT_TRUE(harness.closes(id));
  EXPECT_EQ(harness.take_xids(id), (Xids{1}));
}

TEST(ShardDeparture, AllThatHasComeIsAnsweredFirst) {
  Harness harness;
  harness.apply_create("/a", "x");
  const ConnectionId id = harness.connect();
  harness.send(id, set_data(1, "/a", "y") + get_data(2, "/a") + set_data(3, "/a", "z"));
  send_away(harness, 1);
  harness.run_core();
  EXPECT_FALSE(harness.closes(id)) << "a write behind the read is on its way";
  harness.run_core();
  EXPECT_TRUE(harness.closes(id));
  EXPECT_EQ(harness.take_xids(id), (Xids{1, 2, 3}));
}

TEST(ShardDeparture, HalfARequestIsNotWaitedFor) {
  Harness harness;
  harness.apply_create("/a", "x");
  const ConnectionId id = harness.connect();
  const std::string request = get_data(1, "/a");
  harness.send(id, request + request.substr(0, 5));
  send_away(harness, 1);
  EXPECT_TRUE(harness.closes(id));
  EXPECT_EQ(harness.take_xids(id), (Xids{1}));
}

TEST(ShardDeparture, WhoIsBeingLetInGoesWhenThatIsDone) {
  Harness harness;
  const ConnectionId id = harness.accept();
  harness.send(id, handshake());
  send_away(harness, 1);
  EXPECT_FALSE(harness.closes(id));
  harness.run_core();
  EXPECT_TRUE(harness.closes(id));
  EXPECT_FALSE(harness.take_bytes(id).empty()) << "it knows its session";
}

}  // namespace
}  // namespace paddock::shard
