// SPDX-License-Identifier: Apache-2.0
//
// Connections of which the server itself is the client, and how connections are found.
#include <gtest/gtest.h>

#include "harness.h"

namespace paddock::shard {
namespace {

auth::IdentitySet identities(View scheme, View id) {
  auth::IdentitySet set;
  set.add(scheme, id);
  return set;
}

TEST(OwnConnection, HasTheIdentitiesThatAreVouchedFor) {
  Harness harness;
  const ConnectionId id = harness.accept();
  harness.shard.vouch(id, identities("x509", "CN=olga").view(), false);
  EXPECT_EQ(harness.shard.find_connections({.scheme = "x509", .id = "CN=olga"}), std::vector{id});
  EXPECT_TRUE(harness.shard.find_connections({.scheme = "x509", .id = "CN=rita"}).empty());
}

TEST(OwnConnection, OnItsOwnBehalfTheServerNeedsNoScheme) {
  for (const bool is_server : {true, false}) {
    Harness harness({.enforced_schemes = {"digest"}});
    harness.apply_create("/a", "x");
    const ConnectionId id = harness.accept();
    harness.shard.vouch(id, identities("super", "").view(), is_server);
    harness.send(id, handshake());
    harness.run_core();
    harness.take_bytes(id);
    harness.send(id, get_data(1, "/a"));
    const auto packets = harness.take(id);
    ASSERT_EQ(packets.size(), 1U);
    EXPECT_EQ(packets.front().err,
              is_server ? ErrorCode::Ok : ErrorCode::SessionClosedRequireSaslAuth);
  }
}

TEST(FindConnections, ByAllThatIsSaid) {
  Harness harness;
  const ConnectionId one = harness.connect();
  const ConnectionId two = harness.connect();
  const SessionId session = harness.session_of(two);
  EXPECT_EQ(harness.shard.find_connections({}).size(), 2U);
  EXPECT_EQ(harness.shard.find_connections({.session = session}), std::vector{two});
  EXPECT_EQ(harness.shard.find_connections({.ip = "127.0.0.1"}).size(), 2U);
  EXPECT_TRUE(harness.shard.find_connections({.session = session, .ip = "10.0.0.1"}).empty());
  harness.shard.send_away(one, harness.now, harness.effects);
  EXPECT_EQ(harness.shard.find_connections({}), std::vector{two}) << "the other is about to go";
}

TEST(FindConnections, LeavesTheServersOwnAlone) {
  Harness harness;
  const ConnectionId id = harness.accept();
  harness.shard.vouch(id, identities("super", "").view(), true);
  EXPECT_TRUE(harness.shard.find_connections({}).empty());
}

}  // namespace
}  // namespace paddock::shard
