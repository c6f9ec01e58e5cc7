// SPDX-License-Identifier: Apache-2.0
//
// Framing, the order of replies, opcodes and limits.
#include <algorithm>
#include <cstring>

#include <gtest/gtest.h>

#include "base/prng.h"
#include "harness.h"

namespace paddock::shard {
namespace {

using jute::Opcode;
using Xids = std::vector<std::int32_t>;

TEST(ShardFrames, ARequestMayArriveByteByByte) {
  Harness harness;
  harness.apply_create("/a", "x");
  const ConnectionId id = harness.connect();
  for (const char byte : get_data(1, "/a") + get_data(2, "/a")) harness.send(id, View(&byte, 1));

  EXPECT_EQ(harness.take_xids(id), (Xids{1, 2}));
}

TEST(ShardFrames, ManyRequestsInOneReadAreAnsweredInOneGo) {
  Harness harness;
  harness.apply_create("/a", "x");
  const ConnectionId id = harness.connect();
  harness.clear_effects();
  std::string requests;
  Xids expected;
  for (std::int32_t xid = 1; xid <= 100; ++xid) {
    requests += get_data(xid, "/a");
    expected.push_back(xid);
  }
  std::size_t room = 0;
  char* const space = harness.shard.input_space(id, requests.size(), room);
  std::memcpy(space, requests.data(), requests.size());
  harness.shard.on_bytes(id, requests.size(), harness.now, harness.effects);

  EXPECT_EQ(harness.effects.flush, std::vector{id});
  EXPECT_EQ(harness.take_xids(id), expected);
}

TEST(ShardFrames, AReplyHasTheRecordAndTheServersZxid) {
  Harness harness;
  harness.apply_create("/a", "hello");
  const Zxid last = harness.apply_create("/b");
  const ConnectionId id = harness.connect();
  harness.send(id, get_data(9, "/a") + get_data(10, "/none"));
  const std::vector<Packet> packets = harness.take(id);

  ASSERT_EQ(packets.size(), 2U);
  jute::DataResponse data;
  ASSERT_TRUE(jute::decode(packets[0].record, data));
  EXPECT_EQ(data.data, "hello");
  EXPECT_EQ(data.stat.data_length, 5);
  EXPECT_EQ(packets[0].zxid, last.value);
  EXPECT_EQ(packets[1].err, ErrorCode::NoNode);
  EXPECT_TRUE(packets[1].record.empty());
}

TEST(ShardFrames, LengthsOutOfBoundsCloseTheConnection) {
  for (const std::int32_t length : {-1, -2147483647, 0x100000, 2147483647}) {
    Harness harness;
    const ConnectionId id = harness.connect();
    harness.clear_effects();
    std::string bytes(4, '\0');
    store_be(bytes.data(), length);
    harness.send(id, bytes);

    EXPECT_TRUE(harness.closes(id)) << length;
    EXPECT_TRUE(harness.take_bytes(id).empty());
  }
}

TEST(ShardFrames, TheLargestFrameIsTaken) {
  Harness harness;
  const ConnectionId id = harness.connect();
  harness.send(
      id, framed(encoded(jute::RequestHeader{5, Opcode::Ping}) + std::string(0xfffff - 8, 'x')));

  EXPECT_EQ(harness.take_xids(id), Xids{-2});
}

TEST(ShardFrames, AFrameWithoutARequestHeaderClosesTheConnection) {
  for (const std::size_t length : {0U, 1U, 4U, 7U}) {
    Harness harness;
    const ConnectionId id = harness.connect();
    harness.clear_effects();
    harness.send(id, framed(std::string(length, '\0')));

    EXPECT_TRUE(harness.closes(id)) << length;
    EXPECT_TRUE(harness.take_bytes(id).empty());
  }
}

TEST(ShardFrames, RandomBytesNeverBreakTheShard) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Prng prng(seed);
    Harness harness;
    harness.apply_create("/a", "x");
    const bool established = prng.chance(3, 4);
    const ConnectionId id = established ? harness.connect() : harness.accept();
    const std::string models[] = {get_data(1, "/a", true),
                                  ping(),
                                  request(2, Opcode::SetWatches2, std::string(28, '\0')),
                                  request(3, Opcode::Auth, std::string(12, '\0')),
                                  request(4, Opcode::MultiRead, std::string(18, '\0')),
                                  request(5, Opcode::AddWatch, std::string(12, '\0')),
                                  handshake()};
    for (int packet = 0; packet < 20; ++packet) {
      std::string bytes = models[prng.below(std::size(models))];
      const std::uint64_t changes = prng.below(4);
      for (std::uint64_t i = 0; i < changes; ++i) {
        // Mostly behind the length, so that frames stay whole.
        const std::size_t at =
            prng.chance(1, 20) ? prng.below(4) : 4 + prng.below(bytes.size() - 4);
        bytes[at] = static_cast<char>(prng());
      }
      harness.send(id, bytes);
      if (harness.closes(id)) break;
    }
    harness.disconnect(id);
    EXPECT_EQ(harness.shard.watch_count(), 0U);
  }
}

TEST(ShardOrder, AWriteGoesToTheCoreWithTheConnectionsIdentities) {
  Harness harness;
  const ConnectionId id = harness.connect();
  harness.handed().clear();
  harness.send(id,
               request(-4, Opcode::Auth, encoded(jute::AuthPacket{0, "digest", "bob:secret"})) +
                   create(7, "/a", "data"));

  ASSERT_EQ(harness.handed().size(), 1U);
  const Handed& write = harness.handed().front();
  EXPECT_EQ(write.entry.kind, gate::CoreKind::Write);
  EXPECT_EQ(write.entry.opcode, Opcode::Create);
  EXPECT_EQ(write.entry.xid, 7);
  EXPECT_EQ(write.entry.session, harness.session_of(id));
  EXPECT_EQ(write.entry.connection, id);
  EXPECT_EQ(write.payload, create(7, "/a", "data").substr(12));
  std::vector<std::string> schemes;
  for (const jute::Id& one : jute::List<jute::Id>(write.entry.identities_count, write.identities)) {
    schemes.emplace_back(one.scheme);
  }
  EXPECT_EQ(schemes, (std::vector<std::string>{"ip", "digest"}));
}

TEST(ShardOrder, WritesThatFollowOneAnotherGoToTheCoreAtOnce) {
  Harness harness;
  const ConnectionId id = harness.connect();
  harness.handed().clear();
  harness.send(id, create(1, "/a", "") + create(2, "/b", "") + create(3, "/c", ""));
  EXPECT_EQ(harness.handed().size(), 3U);
  EXPECT_EQ(harness.shard.counters().outstanding, 3);
  EXPECT_TRUE(harness.take(id).empty());

  harness.run_core();

  EXPECT_EQ(harness.take_xids(id), (Xids{1, 2, 3}));
  EXPECT_EQ(harness.shard.counters().outstanding, 0);
}

TEST(ShardOrder, AReadBehindAWriteWaitsForItAndSeesIt) {
  Harness harness;
  const ConnectionId id = harness.connect();
  harness.send(id, create(1, "/a", "new") + get_data(2, "/a") + ping());
  EXPECT_TRUE(harness.take(id).empty());
  harness.run_core();

  const std::vector<Packet> packets = harness.take(id);
  ASSERT_EQ(packets.size(), 3U);
  EXPECT_EQ(packets[0].xid, 1);
  EXPECT_EQ(packets[1].xid, 2);
  EXPECT_EQ(packets[1].err, ErrorCode::Ok);
  EXPECT_EQ(packets[2].xid, -2);
}

TEST(ShardOrder, AWriteBehindAReadThatWaitsWaitsToo) {
  Harness harness;
  const ConnectionId id = harness.connect();
  harness.handed().clear();
  harness.send(id, create(1, "/a", "1") + get_data(2, "/a") + set_data(3, "/a", "2"));
  EXPECT_EQ(harness.handed().size(), 1U);
  harness.run_core(1);
  ASSERT_EQ(harness.handed().size(), 1U);
  EXPECT_EQ(harness.handed().front().entry.xid, 3);
  const std::vector<Packet> packets = harness.take(id);

  ASSERT_EQ(packets.size(), 2U);
  jute::DataResponse data;
  ASSERT_TRUE(jute::decode(packets[1].record, data));
  EXPECT_EQ(data.data, "1");
  harness.run_core();
  EXPECT_EQ(harness.take_xids(id), Xids{3});
}

TEST(ShardOrder, AnotherConnectionsWriteDelaysNobody) {
  Harness harness;
  harness.apply_create("/a");
  const ConnectionId writer = harness.connect();
  const ConnectionId reader = harness.connect();
  harness.send(writer, set_data(1, "/a", "x"));
  harness.send(reader, get_data(1, "/a") + ping());

  EXPECT_EQ(harness.take_xids(reader), (Xids{1, -2}));
}

TEST(ShardOrder, AReadFirstTakesTheMailThatIsThere) {
  Harness harness;
  const ConnectionId writer = harness.connect();
  const ConnectionId reader = harness.connect();
  harness.send(writer, create(1, "/a", "x"));
  harness.run_core(1, false);
  harness.clear_effects();
  harness.send(reader, get_data(1, "/a"));

  EXPECT_EQ(harness.take_xids(reader), Xids{1});
  EXPECT_EQ(std::ranges::count(harness.effects.flush, writer), 1);
  EXPECT_EQ(harness.take_xids(writer), Xids{1});
}

TEST(ShardOrder, SyncIsAnsweredByTheCoreInItsTurn) {
  Harness harness;
  harness.apply_create("/a");
  const ConnectionId id = harness.connect();
  harness.handed().clear();
  harness.send(id, request(1, Opcode::Sync, encoded(jute::PathRequest{"/a"})) + get_data(2, "/a"));
  ASSERT_EQ(harness.handed().size(), 1U);
  EXPECT_EQ(harness.handed().front().entry.opcode, Opcode::Sync);
  harness.run_core();

  const std::vector<Packet> packets = harness.take(id);
  ASSERT_EQ(packets.size(), 2U);
  jute::PathResponse path;
  ASSERT_TRUE(jute::decode(packets[0].record, path));
  EXPECT_EQ(path.path, "/a");
  EXPECT_EQ(packets[1].xid, 2);
}

TEST(ShardOrder, CloseSessionIsAnsweredThenTheConnectionCloses) {
  Harness harness;
  const ConnectionId id = harness.connect();
  harness.clear_effects();
  harness.send(id, request(1, Opcode::CloseSession));
  EXPECT_FALSE(harness.closes(id));
  harness.run_core();

  EXPECT_EQ(harness.take_xids(id), Xids{1});
  EXPECT_TRUE(harness.closes(id));
}

TEST(ShardOrder, AFailedWriteIsAnsweredWithoutARecord) {
  Harness harness;
  const ConnectionId id = harness.connect();
  harness.send(id, set_data(1, "/none", "x"));
  harness.run_core();

  const std::vector<Packet> packets = harness.take(id);
  ASSERT_EQ(packets.size(), 1U);
  EXPECT_EQ(packets[0].err, ErrorCode::NoNode);
  EXPECT_TRUE(packets[0].record.empty());
}

/// What a client must see: replies in order, each read as the tree was between the writes around
/// it.
TEST(ShardOrder, AgreesWithANaiveModelUnderRandomInterleavings) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Prng prng(seed);
    Harness harness({.outstanding_max = 3, .output_bytes_max = 400});
    constexpr std::size_t kClients = 4;
    std::vector<ConnectionId> clients;
    std::vector<std::int32_t> sent(kClients);
    std::vector<std::int32_t> answered(kClients);
    // The value that a client's own writes leave behind by the time a request is answered.
    std::vector<std::map<std::int32_t, std::string>> expected(kClients);
    std::vector<std::string> value(kClients);
    std::vector<std::string> backlog(kClients);
    for (std::size_t i = 0; i < kClients; ++i) {
      harness.apply_create("/" + std::to_string(i));
      clients.push_back(harness.connect());
    }
    const auto check = [&](std::size_t i) {
      for (const Packet& packet : harness.take(clients[i])) {
        if (packet.xid == jute::kXidPing) continue;
        ASSERT_EQ(packet.xid, ++answered[i]);
        ASSERT_EQ(packet.err, ErrorCode::Ok);
        if (!expected[i].contains(packet.xid)) continue;
        jute::DataResponse data;
        ASSERT_TRUE(jute::decode(packet.record, data));
        ASSERT_EQ(data.data, expected[i][packet.xid]);
      }
    };
    for (int step = 0; step < 400; ++step) {
      const std::size_t i = prng.below(kClients);
      const std::string path = "/" + std::to_string(i);
      switch (prng.below(6)) {
        case 0:
        case 1:
          expected[i][++sent[i]] = value[i];
          backlog[i] += get_data(sent[i], path);
          break;
        case 2:
          value[i] = std::to_string(step);
          backlog[i] += set_data(++sent[i], path, value[i]);
          break;
        case 3: {
          if (prng.chance(1, 4)) backlog[i] += ping();
          const std::size_t count = prng.below(backlog[i].size() + 1);
          if (harness.shard.wants_input(clients[i])) {
            harness.send(clients[i], View(backlog[i]).substr(0, count));
            backlog[i].erase(0, count);
          }
          break;
        }
        case 4:
          harness.run_core(prng.below(4), prng.chance(1, 2));
          break;
        case 5:
          check(i);
          break;
        default:
          PADDOCK_UNREACHABLE();
      }
      if (HasFatalFailure()) return;
    }
    for (int round = 0; round < 1000; ++round) {
      for (std::size_t i = 0; i < kClients; ++i) {
        if (harness.shard.wants_input(clients[i])) {
          harness.send(clients[i], backlog[i]);
          backlog[i].clear();
        }
        check(i);
        if (HasFatalFailure()) return;
      }
      harness.run_core();
    }
    EXPECT_EQ(answered, sent);
  }
}

TEST(ShardOpcodes, APingIsAnsweredWithItsXidWhateverTheRequestSays) {
  Harness harness;
  const ConnectionId id = harness.connect();
  harness.send(id, request(17, Opcode::Ping));

  const std::vector<Packet> packets = harness.take(id);
  ASSERT_EQ(packets.size(), 1U);
  EXPECT_EQ(packets[0].xid, -2);
  EXPECT_TRUE(packets[0].record.empty());
}

TEST(ShardOpcodes, UnknownAndInternalOnesAreUnimplementedAndClose) {
  for (const std::int32_t opcode :
       {0, -1, -10, 10, 13, 20, 23, 99, 108, 500, 999, -12, 2147483647}) {
    Harness harness;
    harness.apply_create("/a");
    const ConnectionId id = harness.connect();
    harness.clear_effects();
    harness.handed().clear();
    harness.send(
        id,
        request(1, Opcode{opcode}, encoded(jute::PathVersionRequest{"/a", 0})) + get_data(2, "/a"));

    const std::vector<Packet> packets = harness.take(id);
    ASSERT_EQ(packets.size(), 1U) << opcode;
    EXPECT_EQ(packets[0].xid, 1);
    EXPECT_EQ(packets[0].err, ErrorCode::Unimplemented);
    EXPECT_EQ(packets[0].zxid, -1);
    EXPECT_TRUE(harness.closes(id));
    EXPECT_TRUE(harness.handed().empty());
  }
}

TEST(ShardOpcodes, ARefusedRequestTakesItsTurnBehindWrites) {
  Harness harness;
  const ConnectionId id = harness.connect();
  harness.clear_effects();
  harness.send(id, create(1, "/a", "") + request(2, Opcode{999}) + create(3, "/b", ""));
  EXPECT_FALSE(harness.closes(id));
  harness.run_core();

  EXPECT_EQ(harness.take_xids(id), (Xids{1, 2}));
  EXPECT_TRUE(harness.closes(id));
  EXPECT_TRUE(harness.handed().empty());
}

TEST(ShardOpcodes, AMalformedRequestIsAMarshallingErrorAndTheConnectionStays) {
  for (const Opcode opcode : {Opcode::GetData,
                              Opcode::AddWatch,
                              Opcode::RemoveWatches,
                              Opcode::CheckWatches,
                              Opcode::SetWatches,
                              Opcode::SetWatches2}) {
    Harness harness;
    harness.apply_create("/a");
    const ConnectionId id = harness.connect();
    harness.clear_effects();
    harness.send(id, request(1, opcode, "\1\2\3") + get_data(2, "/a"));

    const std::vector<Packet> packets = harness.take(id);
    ASSERT_EQ(packets.size(), 2U) << jute::name(opcode);
    EXPECT_EQ(packets[0].err, ErrorCode::MarshallingError) << jute::name(opcode);
    EXPECT_EQ(packets[1].err, ErrorCode::Ok);
    EXPECT_FALSE(harness.closes(id));
  }
}

TEST(ShardOpcodes, AuthTakesEffectForTheRequestsBehindIt) {
  Harness harness;
  txn::pb::Acl acl;
  acl.set_perms(jute::kPermAll);
  acl.set_scheme("digest");
  acl.set_id(auth::digest_id("bob:secret", "SHA1"));
  harness.apply_create("/mine", "x", {acl});
  const ConnectionId id = harness.connect();
  const std::string auth =
      request(-4, Opcode::Auth, encoded(jute::AuthPacket{0, "digest", "bob:secret"}));
  harness.send(id, get_data(1, "/mine") + auth + get_data(2, "/mine"));

  const std::vector<Packet> packets = harness.take(id);
  ASSERT_EQ(packets.size(), 3U);
  EXPECT_EQ(packets[0].err, ErrorCode::NoAuth);
  EXPECT_EQ(packets[1].xid, -4);
  EXPECT_EQ(packets[1].zxid, 0);
  EXPECT_EQ(packets[1].err, ErrorCode::Ok);
  EXPECT_EQ(packets[2].err, ErrorCode::Ok);
}

TEST(ShardOpcodes, AuthThatFailsIsToldAndCloses) {
  Harness harness;
  const ConnectionId id = harness.connect();
  harness.clear_effects();
  harness.send(id,
               request(-4, Opcode::Auth, encoded(jute::AuthPacket{0, "nonsense", "x"})) + ping());

  const std::vector<Packet> packets = harness.take(id);
  ASSERT_EQ(packets.size(), 1U);
  EXPECT_EQ(packets[0].xid, -4);
  EXPECT_EQ(packets[0].err, ErrorCode::AuthFailed);
  EXPECT_TRUE(harness.closes(id));
  EXPECT_EQ(harness.shard.counters().auth_failed, 1);
}

TEST(ShardOpcodes, AMalformedAuthPacketClosesWithoutAByte) {
  Harness harness;
  const ConnectionId id = harness.connect();
  harness.clear_effects();
  harness.send(id, request(-4, Opcode::Auth, "\1"));

  EXPECT_TRUE(harness.take(id).empty());
  EXPECT_TRUE(harness.closes(id));
}

TEST(ShardOpcodes, SaslIsAnsweredWithoutATokenByAServerWithoutIt) {
  Harness harness;
  harness.apply_create("/a");
  const ConnectionId id = harness.connect();
  harness.clear_effects();
  harness.send(id, request(1, Opcode::Sasl, std::string("\0\0\0\1x", 5)) + get_data(2, "/a"));

  const std::vector<Packet> packets = harness.take(id);
  ASSERT_EQ(packets.size(), 2U);
  EXPECT_EQ(packets[0].err, ErrorCode::Ok);
  EXPECT_EQ(packets[0].zxid, 0);
  EXPECT_EQ(packets[0].record, "\xff\xff\xff\xff");
  EXPECT_FALSE(harness.closes(id));
}

TEST(ShardOpcodes, ASaslPacketThatIsMalformedOrNullClosesWithoutAByte) {
  for (const std::string& record : {std::string(2, '\0'), std::string(4, '\xff')}) {
    Harness harness;
    const ConnectionId id = harness.connect();
    harness.clear_effects();
    harness.send(id, request(1, Opcode::Sasl, record));

    EXPECT_TRUE(harness.take(id).empty());
    EXPECT_TRUE(harness.closes(id));
  }
}

TEST(ShardOpcodes, WhoAmINamesEveryIdentityWithoutSecrets) {
  Harness harness;
  const ConnectionId id = harness.connect();
  harness.shard.on_certificate(id, "CN=bob", {}, harness.now.wall);
  harness.send(id,
               request(-4, Opcode::Auth, encoded(jute::AuthPacket{0, "digest", "bob:secret"})) +
                   request(1, Opcode::WhoAmI));

  const std::vector<Packet> packets = harness.take(id);
  ASSERT_EQ(packets.size(), 2U);
  jute::WhoAmIResponse response;
  ASSERT_TRUE(jute::decode(packets[1].record, response));
  std::vector<std::string> seen;
  for (const jute::ClientInfo& info : response.identities) {
    seen.push_back(std::string(info.scheme) + "=" + std::string(info.user));
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"ip=127.0.0.1", "x509=CN=bob", "digest=bob"}));
}

TEST(ShardLimits, AConnectionWithTooManyUnansweredWritesIsNotReadUntilHalfAreAnswered) {
  Harness harness({.outstanding_max = 4});
  const ConnectionId id = harness.connect();
  harness.clear_effects();
  std::string writes;
  for (std::int32_t xid = 1; xid <= 6; ++xid) writes += set_data(xid, "/none", "x");
  harness.send(id, writes);
  EXPECT_EQ(harness.handed().size(), 4U);
  EXPECT_FALSE(harness.shard.wants_input(id));
  harness.run_core(1);
  EXPECT_FALSE(harness.shard.wants_input(id));
  EXPECT_FALSE(harness.resumes(id));
  harness.run_core(1);

  EXPECT_EQ(harness.handed().size(), 4U);
  EXPECT_FALSE(harness.shard.wants_input(id));
  harness.run_core();
  EXPECT_TRUE(harness.shard.wants_input(id));
  EXPECT_TRUE(harness.resumes(id));
  EXPECT_EQ(harness.take_xids(id), (Xids{1, 2, 3, 4, 5, 6}));
}

TEST(ShardLimits, AConnectionThatDoesNotReadItsRepliesIsNotReadFrom) {
  Harness harness({.output_bytes_max = 1000});
  harness.apply_create("/a", std::string(400, 'x'));
  const ConnectionId id = harness.connect();
  harness.clear_effects();
  std::string reads;
  for (std::int32_t xid = 1; xid <= 6; ++xid) reads += get_data(xid, "/a");
  harness.send(id, reads);
  EXPECT_FALSE(harness.shard.wants_input(id));

  ByteBuffer& output = harness.shard.output(id);
  EXPECT_EQ(output.size(), 3U * 492U);
  harness.clear_effects();
  output.consume(100);
  harness.shard.on_sent(id, harness.now, harness.effects);
  EXPECT_TRUE(harness.effects.flush.empty());
  EXPECT_FALSE(harness.shard.wants_input(id));
  EXPECT_EQ(output.size(), 3U * 492U - 100U);
  output.consume(output.size());
  harness.shard.on_sent(id, harness.now, harness.effects);
  EXPECT_EQ(harness.effects.flush, std::vector{id});
  EXPECT_EQ(harness.take_xids(id), (Xids{4, 5, 6}));
  EXPECT_TRUE(harness.shard.wants_input(id));
  EXPECT_TRUE(harness.resumes(id));
}

TEST(ShardLimits, InputThatWaitsForAWriteIsBounded) {
  Harness harness;
  harness.apply_create("/a");
  const ConnectionId id = harness.connect();
  harness.send(id, set_data(1, "/a", "x"));
  std::int32_t xid = 1;
  while (harness.shard.wants_input(id) && xid < 100'000) harness.send(id, get_data(++xid, "/a"));
  ASSERT_LT(xid, 10'000);
  harness.clear_effects();
  harness.run_core();
  while (harness.shard.has_waiting()) harness.end_turn();

  EXPECT_TRUE(harness.shard.wants_input(id));
  EXPECT_TRUE(harness.resumes(id));
  EXPECT_EQ(harness.take(id).size(), static_cast<std::size_t>(xid));
}

}  // namespace
}  // namespace paddock::shard
