// SPDX-License-Identifier: Apache-2.0
//
// Watches over the life of a session: kept, told, armed again on the next connection, removed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness.h"

namespace paddock::client {
namespace {

using jute::Opcode;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::Ge;
using testing::IsEmpty;
using testing::Le;
using testing::Not;
using testing::SizeIs;

const Chroot kNoChroot;
constexpr WatcherId kWatcher{7};
constexpr WatcherId kOther{8};

EncodedRequest get(View path, WatcherId watcher) {
  return get_request(kNoChroot, path, watcher);
}
EncodedRequest exists(View path, WatcherId watcher) {
  return exists_request(kNoChroot, path, watcher);
}
EncodedRequest children(View path, WatcherId watcher) {
  return children_request(kNoChroot, path, watcher);
}
EncodedRequest add_watch(View path, AddWatchMode mode) {
  return add_watch_request(kNoChroot, path, mode, kWatcher);
}
EncodedRequest remove_watch(View path, WatcherType type, WatcherId watcher) {
  return remove_watch_request(kNoChroot, path, type, watcher);
}

void reconnect(Harness& client) {
  client.break_connection();
  client.wait(seconds(2));
}

class Watches : public testing::Test {
 protected:
  void SetUp() override {
    client.start();
    client.server.create("/a");
    client.server.create("/b");
    client.take_log();
  }
  Harness client;
};

TEST_F(Watches, EveryKindIsArmedAgainInOnePacket) {
  client.submit(get("/a", kWatcher));
  client.submit(exists("/missing", kWatcher));
  client.submit(children("/b", kWatcher));
  client.submit(add_watch("/p", AddWatchMode::Persistent));
  client.submit(add_watch("/r", AddWatchMode::PersistentRecursive));
  const Zxid seen = client.session.last_zxid();
  reconnect(client);

  EXPECT_THAT(client.server.opcodes, ElementsAre(Opcode::SetWatches2));
  EXPECT_THAT(client.server.xids, ElementsAre(jute::kXidSetWatches));
  EXPECT_THAT(
      client.server.armed_again,
      ElementsAre("data /a", "exists /missing", "child /b", "persistent /p", "recursive /r"));
  EXPECT_THAT(client.server.relative_zxids, ElementsAre(seen.value));
}

TEST_F(Watches, WithoutPersistentOnesThePacketThatOldServersKnowIsSent) {
  client.submit(get("/a", kWatcher));
  reconnect(client);

  EXPECT_THAT(client.server.opcodes, ElementsAre(Opcode::SetWatches));
}

TEST_F(Watches, WithoutAnyNothingIsSent) {
  reconnect(client);

  EXPECT_THAT(client.server.opcodes, IsEmpty());
}

TEST_F(Watches, ManyAreArmedAgainInPacketsThatEveryServerTakes) {
  constexpr int kPaths = 3000;
  constexpr std::size_t kPacketBytesMax = std::size_t{128} << 10U;
  const std::string filler(97, 'x');
  for (int i = 0; i < kPaths; ++i) {
    client.submit_unseen(exists(fmt::format("/{}{}", filler, i), kWatcher));
  }
  client.settle();
  client.submit(add_watch("/p", AddWatchMode::Persistent));
  reconnect(client);

  EXPECT_THAT(client.server.armed_again, SizeIs(kPaths + 1));
  EXPECT_THAT(client.server.set_watches_sizes, SizeIs(Ge(3U)));
  constexpr std::size_t kHeaders = 64;
  EXPECT_THAT(client.server.set_watches_sizes, Each(Le(kPacketBytesMax + kHeaders)));
}

TEST_F(Watches, AChangeWhileAwayIsToldBeforeLaterReplies) {
  client.submit(get("/a", kWatcher));
  client.break_connection();
  client.server.set("/a", "new");
  client.submit_unseen(get("/a", {}));
  client.take_log();
  client.wait(seconds(2));

  EXPECT_THAT(client.take_log(),
              ElementsAre("state CONNECTED", "NodeDataChanged /a -> 7", "reply 2 Ok"));
  EXPECT_TRUE(client.session.watches().empty());
}

TEST_F(Watches, ANodeThatVanishedOrAppearedWhileAwayIsTold) {
  client.submit(get("/a", kWatcher));
  client.submit(exists("/missing", kOther));
  client.break_connection();
  client.server.remove("/a");
  client.server.create("/missing");
  client.take_log();
  client.wait(seconds(2));

  EXPECT_THAT(client.take_log(),
              ElementsAre("state CONNECTED", "NodeDeleted /a -> 7", "NodeCreated /missing -> 8"));
}

TEST_F(Watches, AFiredOneIsNotArmedAgain) {
  client.submit(get("/a", kWatcher));
  client.server.set("/a", "new");
  client.settle();
  EXPECT_THAT(client.take_log(), ElementsAre("reply 1 Ok", "NodeDataChanged /a -> 7"));
  reconnect(client);

  EXPECT_THAT(client.server.opcodes, IsEmpty());
}

TEST_F(Watches, APersistentOneIsToldAgainAndAgain) {
  client.submit(add_watch("/a", AddWatchMode::Persistent));
  client.take_log();
  client.server.set("/a", "1");
  client.server.set("/a", "2");
  client.settle();
  reconnect(client);
  client.take_log();
  client.server.set("/a", "3");
  client.settle();

  EXPECT_THAT(client.take_log(), ElementsAre("NodeDataChanged /a -> 7"));
}

TEST_F(Watches, AReadThatFailedWatchesNothing) {
  client.submit(get("/missing", kWatcher));

  EXPECT_TRUE(client.session.watches().empty());
}

TEST_F(Watches, AReadWhoseReplyWasLostWatchesNothing) {
  client.server.stop_answering();
  client.submit(get("/a", kWatcher));
  client.break_connection();
  client.server.start_answering();
  client.wait(seconds(2));

  EXPECT_THAT(client.server.opcodes, IsEmpty());
  EXPECT_TRUE(client.session.watches().empty());
}

TEST_F(Watches, OneChangeTellsEveryWatcherOnce) {
  client.submit(get("/a", kWatcher));
  client.submit(exists("/a", kWatcher));
  client.submit(get("/a", kOther));
  client.submit(add_watch("/a", AddWatchMode::Persistent));
  client.take_log();
  client.server.set("/a", "new");
  client.settle();

  EXPECT_THAT(client.take_log(), ElementsAre("NodeDataChanged /a -> 7 8"));
}

TEST_F(Watches, RemovingTellsTheWatcherAndEndsTheRegistration) {
  client.submit(get("/a", kWatcher));
  client.take_log();
  client.submit(remove_watch("/a", WatcherType::Data, kWatcher));

  EXPECT_THAT(client.take_log(), ElementsAre("DataWatchRemoved /a -> 7", "reply 2 Ok"));
  EXPECT_TRUE(client.session.watches().empty());
  EXPECT_THAT(client.server.opcodes, Contains(Opcode::RemoveWatches));
}

TEST_F(Watches, RemovingOneOfTwoLeavesTheServersWatchForTheOther) {
  client.submit(get("/a", kWatcher));
  client.submit(get("/a", kOther));
  client.submit(remove_watch("/a", WatcherType::Data, kWatcher));
  client.take_log();
  client.server.set("/a", "new");
  client.settle();

  EXPECT_THAT(client.take_log(), ElementsAre("NodeDataChanged /a -> 8"));
  EXPECT_THAT(client.server.opcodes, Not(Contains(Opcode::RemoveWatches)));
}

TEST_F(Watches, RemovingWhatIsNotThereAsksNobody) {
  client.submit(remove_watch("/a", WatcherType::Any, kWatcher));

  EXPECT_THAT(client.take_log(), ElementsAre("reply 1 NoWatcher"));
  EXPECT_THAT(client.server.opcodes, IsEmpty());
}

TEST_F(Watches, RemovingWhileAwayIsLocalAndLasts) {
  client.submit(get("/a", kWatcher));
  client.break_connection();
  client.take_log();
  client.submit(remove_watch("/a", WatcherType::Any, {}));
  EXPECT_THAT(client.take_log(), ElementsAre("DataWatchRemoved /a -> 7", "reply 2 Ok"));
  client.wait(seconds(2));

  EXPECT_THAT(client.server.opcodes, IsEmpty());
}

TEST_F(Watches, AServerThatRefusesToArmIsLeft) {
  client.submit(get("/a", kWatcher));
  client.server.set_watches_result = ErrorCode::Unimplemented;
  client.break_connection();
  client.wait(milliseconds(60));
  client.server.set_watches_result = ErrorCode::Ok;
  client.wait(seconds(2));

  EXPECT_THAT(client.server.armed_again, ElementsAre("data /a"));
  EXPECT_EQ(client.session.state(), SessionState::Connected);
  EXPECT_GT(client.dialed.size(), 2U);
}

}  // namespace
}  // namespace paddock::client
