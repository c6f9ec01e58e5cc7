// SPDX-License-Identifier: Apache-2.0
//
// Watches through the wire: who is told what, when, and in which order.
#include <algorithm>
#include <cstring>
#include <ostream>

#include <gtest/gtest.h>

#include "harness.h"

namespace paddock::shard {
namespace {

using jute::EventType;
using jute::Opcode;

struct Told {
  EventType type{};
  std::string path;
  std::int64_t zxid = 0;
  friend bool operator==(const Told&, const Told&) = default;
};

void PrintTo(const Told& told, std::ostream* out) {
  *out << static_cast<int>(told.type) << " " << told.path << " @" << told.zxid;
}

std::vector<Told> events_of(const std::vector<Packet>& packets) {
  std::vector<Told> events;
  for (const Packet& packet : packets) {
    if (packet.xid != jute::kXidWatchEvent) continue;
    const jute::WatcherEvent event = packet.event();
    EXPECT_EQ(event.state, jute::KeeperState::SyncConnected);
    EXPECT_EQ(packet.err, ErrorCode::Ok);
    events.push_back({event.type, std::string(event.path), packet.zxid});
  }
  return events;
}

std::string add_watch(std::int32_t xid, View path, jute::AddWatchMode mode) {
  return request(xid, Opcode::AddWatch, encoded(jute::AddWatchRequest{path, mode}));
}

std::string path_type(Opcode opcode, View path, std::int32_t type) {
  return request(1, opcode, encoded(jute::PathTypeRequest{path, jute::WatcherType{type}}));
}

std::vector<txn::pb::Acl> acl_of(const std::string& user_and_password) {
  txn::pb::Acl acl;
  acl.set_perms(jute::kPermAll);
  acl.set_scheme("digest");
  acl.set_id(auth::digest_id(user_and_password, "SHA1"));
  return {acl};
}

std::string auth_packet(View user_and_password) {
  return request(-4, Opcode::Auth, encoded(jute::AuthPacket{0, "digest", user_and_password}));
}

/// Delivers the mail and returns the events that a client got.
std::vector<Told> events(Harness& harness, ConnectionId id) {
  harness.deliver_mail();
  return events_of(harness.take(id));
}

TEST(ShardWatches, AWatchOfGetDataFiresOnceWithTheTransactionsZxid) {
  Harness harness;
  harness.apply_create("/a");
  const ConnectionId id = harness.connect();
  harness.send(id, get_data(1, "/a", true));
  harness.take(id);
  const Zxid zxid = harness.apply_set("/a", "1");
  harness.apply_set("/a", "2");

  EXPECT_EQ(events(harness, id),
            (std::vector<Told>{{EventType::NodeDataChanged, "/a", zxid.value}}));
  EXPECT_EQ(harness.shard.watch_count(), 0U);
}

TEST(ShardWatches, ExistsOfAMissingNodeWatchesForItsCreation) {
  Harness harness;
  const ConnectionId id = harness.connect();
  harness.send(id, exists(1, "/a", true) + get_data(2, "/a", true) + get_children(3, "/a", true));
  EXPECT_EQ(harness.take(id).size(), 3U);
  EXPECT_EQ(harness.shard.watch_count(), 1U);
  const Zxid zxid = harness.apply_create("/a");

  EXPECT_EQ(events(harness, id), (std::vector<Told>{{EventType::NodeCreated, "/a", zxid.value}}));
}

TEST(ShardWatches, AReadThatIsNotPermittedSetsNoWatch) {
  Harness harness;
  harness.apply_create("/mine", "", acl_of("bob:secret"));
  const ConnectionId id = harness.connect();
  harness.send(
      id, exists(1, "/mine", true) + get_data(2, "/mine", true) + get_children(3, "/mine", true));

  for (const Packet& packet : harness.take(id)) EXPECT_EQ(packet.err, ErrorCode::NoAuth);
  EXPECT_EQ(harness.shard.watch_count(), 0U);
}

TEST(ShardWatches, DataAndChildWatchOnADeletedNodeGiveOneEvent) {
  Harness harness;
  harness.apply_create("/a");
  const ConnectionId id = harness.connect();
  harness.send(id, get_data(1, "/a", true) + get_children(2, "/a", true));
  harness.take(id);
  const Zxid zxid = harness.apply_delete("/a");

  EXPECT_EQ(events(harness, id), (std::vector<Told>{{EventType::NodeDeleted, "/a", zxid.value}}));
}

TEST(ShardWatches, AChildWatchIsToldOfChildrenAndOfTheNodesEnd) {
  Harness harness;
  harness.apply_create("/a");
  const ConnectionId id = harness.connect();
  harness.send(id, get_children(1, "/a", true));
  harness.take(id);
  const Zxid created = harness.apply_create("/a/b");
  EXPECT_EQ(events(harness, id),
            (std::vector<Told>{{EventType::NodeChildrenChanged, "/a", created.value}}));
  harness.send(id, get_children(2, "/a", true));
  harness.take(id);
  const Zxid deleted = harness.apply_delete("/a/b");
  EXPECT_EQ(events(harness, id),
            (std::vector<Told>{{EventType::NodeChildrenChanged, "/a", deleted.value}}));
}

TEST(ShardWatches, APersistentWatchSeesItsNodeAndItsChildrenForEver) {
  Harness harness;
  const ConnectionId id = harness.connect();
  harness.send(id, add_watch(1, "/a", jute::AddWatchMode::Persistent));
  const std::vector<Packet> packets = harness.take(id);
  ASSERT_EQ(packets.size(), 1U);
  EXPECT_EQ(packets[0].record, std::string(4, '\0'));
  const Zxid z1 = harness.apply_create("/a");
  const Zxid z2 = harness.apply_create("/a/b");
  harness.apply_set("/a/b", "x");
  const Zxid z3 = harness.apply_delete("/a/b");
  const Zxid z4 = harness.apply_delete("/a");

  EXPECT_EQ(events(harness, id),
            (std::vector<Told>{{EventType::NodeCreated, "/a", z1.value},
                               {EventType::NodeChildrenChanged, "/a", z2.value},
                               {EventType::NodeChildrenChanged, "/a", z3.value},
                               {EventType::NodeDeleted, "/a", z4.value}}));
}

TEST(ShardWatches, ARecursiveWatchOnTheRootSeesEveryNodeOnce) {
  Harness harness;
  const ConnectionId id = harness.connect();
  harness.send(id,
               add_watch(1, "/", jute::AddWatchMode::PersistentRecursive) +
                   add_watch(2, "/a", jute::AddWatchMode::PersistentRecursive));
  harness.take(id);
  const Zxid z1 = harness.apply_create("/a");
  const Zxid z2 = harness.apply_create("/a/b");
  const Zxid z3 = harness.apply_set("/a/b", "x");
  const Zxid z4 = harness.apply_delete("/a/b");

  EXPECT_EQ(events(harness, id),
            (std::vector<Told>{{EventType::NodeCreated, "/a", z1.value},
                               {EventType::NodeCreated, "/a/b", z2.value},
                               {EventType::NodeDataChanged, "/a/b", z3.value},
                               {EventType::NodeDeleted, "/a/b", z4.value}}));
}

TEST(ShardWatches, AddWatchWithAnUnknownModeIsAMarshallingError) {
  Harness harness;
  const ConnectionId id = harness.connect();
  harness.send(id, add_watch(1, "/a", jute::AddWatchMode{2}));

  EXPECT_EQ(harness.take(id).at(0).err, ErrorCode::MarshallingError);
  EXPECT_EQ(harness.shard.watch_count(), 0U);
}

TEST(ShardWatches, AnEventPrecedesTheDataThatItAnnounces) {
  Harness harness;
  harness.apply_create("/a", "old");
  const ConnectionId id = harness.connect();
  harness.send(id, get_data(1, "/a", true));
  harness.take(id);
  harness.apply_set("/a", "new");
  harness.send(id, get_data(2, "/a"));

  const std::vector<Packet> packets = harness.take(id);
  ASSERT_EQ(packets.size(), 2U);
  EXPECT_EQ(packets[0].xid, jute::kXidWatchEvent);
  EXPECT_EQ(packets[1].xid, 2);
}

TEST(ShardWatches, TheEventOfOnesOwnWritePrecedesItsReply) {
  Harness harness;
  harness.apply_create("/a");
  const ConnectionId id = harness.connect();
  harness.send(id, get_data(1, "/a", true) + set_data(2, "/a", "x") + get_data(3, "/a"));
  harness.run_core();

  EXPECT_EQ(harness.take_xids(id), (std::vector<std::int32_t>{1, -1, 2, 3}));
}

TEST(ShardWatches, AnEventIsOnlyDeliveredToWhoMayReadTheNode) {
  Harness harness;
  harness.apply_create("/mine", "", acl_of("bob:secret"));
  const ConnectionId bob = harness.connect();
  const ConnectionId eve = harness.connect();
  harness.send(
      bob,
      auth_packet("bob:secret") + add_watch(1, "/mine", jute::AddWatchMode::PersistentRecursive));
  harness.send(eve, add_watch(1, "/mine", jute::AddWatchMode::PersistentRecursive));
  harness.take(bob);
  harness.take(eve);
  harness.apply_set("/mine", "x");
  harness.apply_create("/mine/open");
  harness.deliver_mail();

  EXPECT_EQ(events_of(harness.take(bob)).size(), 2U);
  const std::vector<Told> seen = events_of(harness.take(eve));
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0].path, "/mine/open");
}

TEST(ShardWatches, WithSkipAclEveryEventIsDelivered) {
  Harness harness({.skip_acl = true});
  harness.apply_create("/mine", "", acl_of("bob:secret"));
  const ConnectionId id = harness.connect();
  harness.send(id, get_data(1, "/mine", true));
  EXPECT_EQ(harness.take(id).at(0).err, ErrorCode::Ok);
  harness.apply_set("/mine", "x");

  EXPECT_EQ(events(harness, id).size(), 1U);
}

TEST(ShardWatches, RemovingAndCheckingNameTheModes) {
  Harness harness;
  harness.apply_create("/a");
  const ConnectionId id = harness.connect();
  const auto ask = [&](Opcode opcode, std::int32_t type) {
    harness.send(id, path_type(opcode, "/a", type));
    return harness.take(id).at(0).err;
  };
  harness.send(id, get_data(1, "/a", true) + add_watch(2, "/a", jute::AddWatchMode::Persistent));
  harness.take(id);

  EXPECT_EQ(ask(Opcode::CheckWatches, 2), ErrorCode::Ok);
  EXPECT_EQ(ask(Opcode::CheckWatches, 1), ErrorCode::NoWatcher);
  EXPECT_EQ(ask(Opcode::CheckWatches, 5), ErrorCode::NoWatcher);
  EXPECT_EQ(ask(Opcode::CheckWatches, 3), ErrorCode::Ok);
  EXPECT_EQ(ask(Opcode::CheckWatches, 6), ErrorCode::MarshallingError);
  EXPECT_EQ(ask(Opcode::RemoveWatches, 2), ErrorCode::Ok);
  EXPECT_EQ(ask(Opcode::RemoveWatches, 2), ErrorCode::NoWatcher);
  EXPECT_EQ(ask(Opcode::CheckWatches, 4), ErrorCode::Ok);
  EXPECT_EQ(ask(Opcode::RemoveWatches, 3), ErrorCode::Ok);
  EXPECT_EQ(ask(Opcode::RemoveWatches, 3), ErrorCode::NoWatcher);
  EXPECT_EQ(ask(Opcode::RemoveWatches, 0), ErrorCode::MarshallingError);
  EXPECT_EQ(harness.shard.watch_count(), 0U);
}

TEST(ShardWatches, AClosedConnectionLeavesNone) {
  Harness harness;
  harness.apply_create("/a");
  const ConnectionId gone = harness.connect();
  const ConnectionId closing = harness.connect();
  for (const ConnectionId id : {gone, closing}) {
    harness.send(id,
                 get_data(1, "/a", true) + get_children(2, "/a", true) +
                     add_watch(3, "/", jute::AddWatchMode::PersistentRecursive));
  }
  EXPECT_EQ(harness.shard.watch_count(), 6U);
  harness.take(closing);
  harness.disconnect(gone);
  EXPECT_EQ(harness.shard.watch_count(), 3U);
  harness.mail({.kind = gate::MailKind::Close, .connection = closing});
  harness.apply_set("/a", "x");
  harness.deliver_mail();

  EXPECT_EQ(harness.shard.watch_count(), 0U);
  EXPECT_TRUE(harness.take(closing).empty());
  EXPECT_FALSE(harness.tree.write().wants_events(0));
}

TEST(ShardWatches, TheCoreKnowsWhetherTheShardWantsEvents) {
  Harness harness;
  harness.apply_create("/a");
  const ConnectionId id = harness.connect();
  EXPECT_FALSE(harness.tree.write().wants_events(0));
  harness.send(id, get_data(1, "/a", true));
  EXPECT_TRUE(harness.tree.write().wants_events(0));
  harness.apply_set("/a", "x");
  harness.deliver_mail();
  EXPECT_FALSE(harness.tree.write().wants_events(0));
}

TEST(ShardWatches, ReportsNameDataWatchesBySession) {
  Harness harness;
  harness.apply_create("/a");
  const ConnectionId first = harness.connect();
  const ConnectionId second = harness.connect();
  harness.send(first, get_data(1, "/a", true) + get_children(2, "/", true));
  harness.send(second,
               get_data(1, "/a", true) + add_watch(2, "/b", jute::AddWatchMode::Persistent));

  auto report = harness.shard.report_watches();
  std::ranges::sort(report);
  EXPECT_EQ(report,
            (std::vector<std::pair<SessionId, std::string>>{{harness.session_of(first), "/a"},
                                                            {harness.session_of(second), "/a"},
                                                            {harness.session_of(second), "/b"}}));
  const WatchSummary summary = harness.shard.watch_summary();
  EXPECT_EQ(summary.connections, 2U);
  EXPECT_EQ(summary.paths, 2U);
  EXPECT_EQ(summary.watches, 3U);
  EXPECT_EQ(harness.shard.watch_count(), 5U);
}

struct Rearmed {
  std::int64_t relative_zxid = 0;
  std::vector<std::string> data = {};
  std::vector<std::string> exist = {};
  std::vector<std::string> child = {};
  std::vector<std::string> persistent = {};
  std::vector<std::string> recursive = {};
};

std::string set_watches2(const Rearmed& wish) {
  const auto list = [](const std::vector<std::string>& paths) {
    jute::ListBuilder<View> builder;
    for (const std::string& path : paths) builder.add(path);
    return builder;
  };
  const auto data = list(wish.data);
  const auto exist = list(wish.exist);
  const auto child = list(wish.child);
  const auto persistent = list(wish.persistent);
  const auto recursive = list(wish.recursive);
  return request(jute::kXidSetWatches,
                 Opcode::SetWatches2,
                 encoded(jute::SetWatches2Request{wish.relative_zxid,
                                                  data.view(),
                                                  exist.view(),
                                                  child.view(),
                                                  persistent.view(),
                                                  recursive.view()}));
}

/// What setWatches says at once; its own reply comes last.
std::vector<Told> rearm(Harness& harness, ConnectionId id, const std::string& packet) {
  harness.send(id, packet);
  std::vector<Packet> packets = harness.take(id);
  EXPECT_EQ(packets.back().xid, jute::kXidSetWatches);
  EXPECT_EQ(packets.back().err, ErrorCode::Ok);
  EXPECT_TRUE(packets.back().record.empty());
  packets.pop_back();
  for (const Packet& event : packets) EXPECT_EQ(event.xid, jute::kXidWatchEvent);
  return events_of(packets);
}

TEST(ShardSetWatches, DataWatchesCatchUpOrAreArmed) {
  Harness harness;
  harness.apply_create("/same");
  harness.apply_create("/changed");
  const Zxid seen = harness.apply_create("/other");
  harness.apply_set("/changed", "x");
  const ConnectionId id = harness.connect();

  EXPECT_EQ(
      rearm(harness,
            id,
            set_watches2({.relative_zxid = seen.value, .data = {"/same", "/changed", "/missing"}})),
      (std::vector<Told>{{EventType::NodeDataChanged, "/changed", -1},
                         {EventType::NodeDeleted, "/missing", -1}}));
  EXPECT_EQ(harness.shard.watch_count(), 1U);
  harness.apply_set("/same", "y");
  EXPECT_EQ(events(harness, id).size(), 1U);
}

TEST(ShardSetWatches, ExistWatchesCatchUpOrAreArmed) {
  Harness harness;
  harness.apply_create("/there");
  const ConnectionId id = harness.connect();

  EXPECT_EQ(rearm(harness, id, set_watches2({.relative_zxid = 5, .exist = {"/there", "/missing"}})),
            (std::vector<Told>{{EventType::NodeCreated, "/there", -1}}));
  harness.apply_create("/missing");
  EXPECT_EQ(events(harness, id).size(), 1U);
}

TEST(ShardSetWatches, ChildWatchesCatchUpOrAreArmed) {
  Harness harness;
  harness.apply_create("/same");
  harness.apply_create("/changed");
  const Zxid seen = harness.apply_create("/other");
  harness.apply_create("/changed/child");
  const ConnectionId id = harness.connect();

  EXPECT_EQ(rearm(harness,
                  id,
                  set_watches2(
                      {.relative_zxid = seen.value, .child = {"/same", "/changed", "/missing"}})),
            (std::vector<Told>{{EventType::NodeChildrenChanged, "/changed", -1},
                               {EventType::NodeDeleted, "/missing", -1}}));
  harness.apply_create("/same/child");
  EXPECT_EQ(events(harness, id).size(), 1U);
}

TEST(ShardSetWatches, PersistentOnesAreOnlyArmed) {
  Harness harness;
  harness.apply_create("/a");
  const ConnectionId id = harness.connect();

  EXPECT_TRUE(rearm(harness, id, set_watches2({.persistent = {"/a"}, .recursive = {"/"}})).empty());
  const Zxid zxid = harness.apply_create("/a/b");
  EXPECT_EQ(events(harness, id),
            (std::vector<Told>{{EventType::NodeCreated, "/a/b", zxid.value},
                               {EventType::NodeChildrenChanged, "/a", zxid.value}}));
}

TEST(ShardSetWatches, CatchingUpTellsOnlyWhoMayRead) {
  Harness harness;
  harness.apply_create("/mine", "", acl_of("bob:secret"));
  const ConnectionId bob = harness.connect();
  const ConnectionId eve = harness.connect();
  harness.send(bob, auth_packet("bob:secret"));
  harness.take(bob);
  const std::string packet =
      set_watches2({.data = {"/mine"}, .exist = {"/mine"}, .child = {"/mine"}});

  EXPECT_EQ(rearm(harness, bob, packet).size(), 3U);
  EXPECT_TRUE(rearm(harness, eve, packet).empty());
}

TEST(ShardSetWatches, TheOldFormHasThreeLists) {
  Harness harness;
  jute::ListBuilder<View> paths;
  paths.add("/missing");
  const jute::List<View> none(0, {});
  const ConnectionId id = harness.connect();

  EXPECT_EQ(rearm(harness,
                  id,
                  request(jute::kXidSetWatches,
                          Opcode::SetWatches,
                          encoded(jute::SetWatchesRequest{0, paths.view(), paths.view(), none}))),
            (std::vector<Told>{{EventType::NodeDeleted, "/missing", -1}}));
  EXPECT_EQ(harness.shard.watch_count(), 1U);
}

TEST(ShardSetWatches, ANullPathOrListIsAMarshallingErrorWithoutEffect) {
  jute::ListBuilder<View> paths;
  paths.add("/missing");
  jute::ListBuilder<View> with_null;
  with_null.add("/missing");
  with_null.add(View{});
  const jute::List<View> none(0, {});
  for (const auto& wish : {jute::SetWatchesRequest{0, none, with_null.view(), none},
                           jute::SetWatchesRequest{0, none, paths.view(), {}}}) {
    Harness harness;
    const ConnectionId id = harness.connect();
    harness.send(id, request(jute::kXidSetWatches, Opcode::SetWatches, encoded(wish)));

    EXPECT_EQ(harness.take(id).at(0).err, ErrorCode::MarshallingError);
    EXPECT_EQ(harness.shard.watch_count(), 0U);
  }
}

TEST(ShardWatches, AThousandWatchersAreAllToldInOneTurn) {
  Harness harness;
  harness.apply_create("/a");
  std::vector<ConnectionId> watchers;
  for (int i = 0; i < 1000; ++i) {
    watchers.push_back(harness.shard.on_accept("127.0.0.1", 1, harness.now));
    const ConnectionId id = watchers.back();
    const auto put = [&](const std::string& bytes) {
      std::size_t room = 0;
      std::memcpy(harness.shard.input_space(id, bytes.size(), room), bytes.data(), bytes.size());
      harness.shard.on_bytes(id, bytes.size(), harness.now, harness.effects);
    };
    put(handshake());
    harness.run_core(1, false);
    harness.shard.on_mail(harness.now, harness.effects);
    put(get_data(1, "/a", true));
    harness.shard.output(id).clear();
  }
  EXPECT_EQ(harness.shard.watch_count(), 1000U);
  harness.clear_effects();
  harness.apply_set("/a", "x");
  harness.deliver_mail();

  EXPECT_EQ(harness.effects.flush.size(), 1000U);
  EXPECT_EQ(harness.shard.counters().events_sent, 1000);
  for (const ConnectionId id : watchers) EXPECT_EQ(harness.shard.output(id).size(), 34U);
}

TEST(ShardWatches, AClientThatDoesNotReadItsEventsIsDroppedInTheEnd) {
  Harness harness({.output_bytes_max = 100});
  harness.apply_create("/a");
  const ConnectionId id = harness.connect();
  const ConnectionId other = harness.connect();
  harness.send(id, add_watch(1, "/", jute::AddWatchMode::PersistentRecursive));
  harness.send(other, add_watch(1, "/a", jute::AddWatchMode::Persistent));
  harness.take(other);
  std::size_t told = 0;
  for (int i = 0; i < 1000 && !harness.drops(id); ++i) {
    harness.apply_set("/a", "x");
    told += events(harness, other).size();
    EXPECT_LT(harness.shard.output(id).size(), 2000U);
  }

  EXPECT_TRUE(harness.drops(id));
  EXPECT_EQ(harness.shard.watch_count(), 2U);
  EXPECT_LT(told, 100U);
  harness.disconnect(id);
}

TEST(ShardWatches, AnEventIsNotSeenBeforeTheAnswersOfEarlierWrites) {
  Harness harness;
  harness.apply_create("/a");
  const ConnectionId id = harness.connect();
  harness.send(id, get_data(1, "/a", true) + exists(2, "/b", true));
  harness.take(id);
  harness.send(id, create(3, "/a", "") + create(4, "/c", ""));
  const Zxid judged_at = harness.apply_set("/a", "x");
  const Zxid later = harness.apply_create("/b");
  harness.deliver_mail();
  EXPECT_TRUE(harness.take(id).empty()) << "the refusal may be about the state before";

  const auto answer = [&](std::int32_t xid, ErrorCode err, Zxid zxid) {
    harness.mail(
        {.kind = gate::MailKind::Reply, .err = err, .xid = xid, .connection = id, .zxid = zxid});
    harness.deliver_mail();
    return harness.take(id);
  };
  const auto first = answer(3, ErrorCode::NodeExists, judged_at);
  ASSERT_EQ(first.size(), 2U);
  EXPECT_EQ(events_of(first),
            (std::vector<Told>{{EventType::NodeDataChanged, "/a", judged_at.value}}));
  EXPECT_EQ(first.back().xid, 3) << "the event of what it was judged by goes before";

  const auto second = answer(4, ErrorCode::NoAuth, judged_at);
  ASSERT_EQ(second.size(), 2U);
  EXPECT_EQ(second.front().xid, 4);
  EXPECT_EQ(events_of(second), (std::vector<Told>{{EventType::NodeCreated, "/b", later.value}}));
}

TEST(ShardWatches, AClientThatDoesNotReadIsDroppedAlsoIfItsEventsWait) {
  ShardOptions options;
  options.output_bytes_max = 64;
  Harness harness(options);
  harness.apply_create("/a");
  const ConnectionId id = harness.connect();
  harness.send(id, add_watch(1, "/a", jute::AddWatchMode::Persistent));
  harness.take(id);
  harness.send(id, set_data(2, "/a", ""));
  for (int i = 0; i < 100 && !harness.drops(id); ++i) {
    harness.apply_set("/a", "x");
    harness.deliver_mail();
  }
  EXPECT_TRUE(harness.drops(id));
}

}  // namespace
}  // namespace paddock::shard
