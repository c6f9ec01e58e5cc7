// SPDX-License-Identifier: Apache-2.0
//
// What a shard does while its server has no quorum: gate::Service::ReadOnly.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness.h"

namespace paddock::shard {
namespace {

using jute::Opcode;
using testing::ElementsAre;

/// Takes a connection through a handshake that is answered as read-only.
ConnectionId connect_read_only(Harness& harness) {
  harness.tree.set_service(gate::Service::ReadOnly);
  const ConnectionId id = harness.accept();
  harness.send(id, handshake({.accepts_read_only = true}));
  EXPECT_EQ(harness.handed().size(), 1U);
  EXPECT_TRUE(harness.handed().front().entry.accepts_read_only);
  harness.handed().pop_front();
  harness.mail({.kind = gate::MailKind::SessionAttached,
                .timeout_ms = 10000,
                .is_read_only = true,
                .connection = id,
                .session = SessionId{7}});
  harness.deliver_mail();
  return id;
}

TEST(ShardReadOnly, ServesOnlyThoseThatAcceptIt) {
  Harness harness;
  harness.tree.set_service(gate::Service::ReadOnly);
  for (const Handshake& wish : {Handshake{}, Handshake{.read_only_byte = false}}) {
    const ConnectionId id = harness.accept();
    harness.send(id, handshake(wish));
    EXPECT_TRUE(harness.closes(id));
    EXPECT_TRUE(harness.take_bytes(id).empty());
  }
  EXPECT_TRUE(harness.handed().empty());

  const std::string response = harness.take_bytes(connect_read_only(harness));
  ASSERT_EQ(response.size(), 41U);
  EXPECT_EQ(response.back(), 1);
}

TEST(ShardReadOnly, WhoAcceptsItIsServedInFullWhereThereIsAQuorum) {
  Harness harness;
  const ConnectionId id = harness.accept();
  harness.send(id, handshake({.accepts_read_only = true}));
  harness.run_core();

  EXPECT_EQ(harness.take_bytes(id).back(), 0);
  harness.send(id, create(1, "/a", "x"));
  harness.run_core();
  EXPECT_EQ(harness.take(id).front().err, ErrorCode::Ok);
}

TEST(ShardReadOnly, ReadsAreAnsweredAndAllElseIsRefusedInOrder) {
  Harness harness;
  harness.apply_create("/a", "x");
  const ConnectionId id = connect_read_only(harness);
  static_cast<void>(harness.take_bytes(id));
  const std::string path = encoded(jute::PathRequest{"/a"});
  harness.send(id,
               get_data(1, "/a") + create(2, "/b", "x") + request(3, Opcode::Sync, path) +
                   request(4, Opcode::Check, path) + request(5, Opcode::Multi) +
                   request(6, Opcode::Reconfig) + request(7, Opcode::DeleteContainer, path) +
                   exists(8, "/b", true) + ping());

  std::vector<std::pair<std::int32_t, ErrorCode>> answers;
  for (const Packet& packet : harness.take(id)) {
    EXPECT_EQ(packet.zxid, 1);
    answers.emplace_back(packet.xid, packet.err);
  }
  const auto refused = ErrorCode::NotReadOnly;
  EXPECT_THAT(answers,
              ElementsAre(std::pair(1, ErrorCode::Ok),
                          std::pair(2, refused),
                          std::pair(3, refused),
                          std::pair(4, refused),
                          std::pair(5, refused),
                          std::pair(6, refused),
                          std::pair(7, refused),
                          std::pair(8, ErrorCode::NoNode),
                          std::pair(jute::kXidPing, ErrorCode::Ok)));
  EXPECT_TRUE(harness.handed().empty());
  EXPECT_FALSE(harness.closes(id));

  harness.apply_create("/b");
  harness.deliver_mail();
  EXPECT_EQ(harness.take(id).front().event().type, jute::EventType::NodeCreated);
}

TEST(ShardReadOnly, TheEndOfTheSessionIsTheCoresAndWhatFollowsWaitsForIt) {
  Harness harness;
  const ConnectionId id = connect_read_only(harness);
  static_cast<void>(harness.take_bytes(id));
  harness.send(id, request(1, Opcode::CloseSession) + create(2, "/b", "x"));
  ASSERT_EQ(harness.handed().size(), 1U);
  EXPECT_EQ(harness.handed().front().entry.opcode, Opcode::CloseSession);

  harness.run_core();
  EXPECT_THAT(harness.take_xids(id), ElementsAre(1));
  EXPECT_TRUE(harness.closes(id));
}

}  // namespace
}  // namespace paddock::shard
