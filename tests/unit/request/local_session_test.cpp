// SPDX-License-Identifier: Apache-2.0
//
// Writes of sessions that are not in the table, because one server alone knows them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "world.h"

namespace paddock::request {
namespace {

using enum jute::Opcode;
using jute::CreateMode;
using testing::ElementsAre;

constexpr SessionId kLocal{0x0300'0000'0000'0001};
constexpr auto kRefused = ErrorCode::EphemeralOnLocalSession;

PrepareOutcome prepare(World& world, jute::Opcode opcode, const std::string& payload) {
  txn::pb::Txn txn;
  return world.preparer.prepare({.opcode = opcode,
                                 .payload = payload,
                                 .session = kLocal,
                                 .xid = 1,
                                 .identities = {},
                                 .is_local_session = true},
                                world.last_proposed.next(),
                                world.now,
                                txn);
}

std::string ephemeral(View path, CreateMode mode = CreateMode::Ephemeral) {
  return create(path, kEmpty, mode);
}

TEST(LocalSession, WritesAndOwnsNothing) {
  World world;
  EXPECT_EQ(prepare(world, Create2, ephemeral("/e")).err, kRefused);
  EXPECT_EQ(prepare(world, Create, ephemeral("/e", CreateMode::EphemeralSequential)).err, kRefused);
  EXPECT_EQ(prepare(world, CreateContainer, ephemeral("/e")).err, ErrorCode::SessionExpired);
  EXPECT_EQ(prepare(world, Create, create("/a")).err, ErrorCode::Ok);
}

TEST(LocalSession, IsRefusedBeforeThePathIsLookedAt) {
  World world;
  EXPECT_EQ(prepare(world, Create, ephemeral("/no/parent")).err, kRefused);
  EXPECT_EQ(prepare(world, Create, ephemeral("bad")).err, kRefused);
  EXPECT_EQ(prepare(world, Create, create("/e", kEmpty, CreateMode{17})).err,
            ErrorCode::BadArguments);
}

TEST(LocalSession, AMultiFailsWhereItWouldOwn) {
  World world;
  const PrepareOutcome outcome =
      prepare(world, Multi, multi({{Create, create("/a")}, {Create, ephemeral("/a/e")}}));
  EXPECT_TRUE(outcome.multi_failed);
  EXPECT_THAT(world.preparer.multi_errors(), ElementsAre(ErrorCode::Ok, kRefused));
}

TEST(LocalSession, WhatItIsUpgradedFor) {
  EXPECT_TRUE(creates_ephemeral(Create, ephemeral("/e")));
  EXPECT_TRUE(creates_ephemeral(Create2, ephemeral("/e", CreateMode::EphemeralSequential)));
  EXPECT_TRUE(creates_ephemeral(Multi, multi({{Delete, remove("/a")}, {Create, ephemeral("/e")}})));
  EXPECT_FALSE(creates_ephemeral(Create, create("/e")));
  EXPECT_FALSE(creates_ephemeral(CreateContainer, ephemeral("/e")));
  EXPECT_FALSE(creates_ephemeral(SetData, set_data("/e", "x")));
  EXPECT_FALSE(creates_ephemeral(Multi, multi({{Create, create("/a")}})));
  EXPECT_FALSE(creates_ephemeral(Create, "malformed"));
  EXPECT_FALSE(creates_ephemeral(Multi, "malformed"));
}

}  // namespace
}  // namespace paddock::request
