// SPDX-License-Identifier: Apache-2.0
//
// Clients that are sent away before the server ends.
#include <gtest/gtest.h>

#include "harness.h"

namespace paddock::shard {
namespace {

using Xids = std::vector<std::int32_t>;

TEST(ShardDeparture, APartRoundedUpGoesEachTime) {
  Harness harness;
  std::vector<ConnectionId> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(harness.connect());
  const auto gone = [&] {
    std::size_t count = 0;
    for (const ConnectionId id : ids) count += harness.closes(id);
    return count;
  };
  harness.shard.send_away(2, harness.now, harness.effects);
  EXPECT_EQ(gone(), 3U);
  harness.shard.send_away(1, harness.now, harness.effects);
  EXPECT_EQ(gone(), 5U);
  harness.shard.send_away(1, harness.now, harness.effects);
  EXPECT_EQ(gone(), 5U);
}

TEST(ShardDeparture, WhatTheCoreHasIsAnsweredFirst) {
  Harness harness;
  harness.apply_create("/a", "x");
  const ConnectionId id = harness.connect();
  harness.send(id, set_data(1, "/a", "y"));
  harness.shard.send_away(1, harness.now, harness.effects);
  EXPECT_FALSE(harness.closes(id));
  EXPECT_FALSE(harness.shard.wants_input(id)) << "nothing more is taken";

  harness.run_core();

  EXPECT_TRUE(harness.closes(id));
  EXPECT_EQ(harness.take_xids(id), (Xids{1}));
}

TEST(ShardDeparture, WhatIsHeldIsNotCarriedOut) {
  Harness harness;
  harness.apply_create("/a", "x");
  const ConnectionId id = harness.connect();
  harness.send(id, set_data(1, "/a", "y") + get_data(2, "/a") + set_data(3, "/a", "z"));
  harness.shard.send_away(1, harness.now, harness.effects);
  harness.run_core();
  EXPECT_EQ(harness.take_xids(id), (Xids{1}));
}

TEST(ShardDeparture, WhoIsBeingLetInGoesWhenThatIsDone) {
  Harness harness;
  const ConnectionId id = harness.accept();
  harness.send(id, handshake());
  harness.shard.send_away(1, harness.now, harness.effects);
  EXPECT_FALSE(harness.closes(id));
  harness.run_core();
  EXPECT_TRUE(harness.closes(id));
  EXPECT_FALSE(harness.take_bytes(id).empty()) << "it knows its session";
}

}  // namespace
}  // namespace paddock::shard
