// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client_session/multi.h"
#include "harness.h"

namespace paddock::client {
namespace {

using jute::Opcode;
using testing::ElementsAre;
using testing::IsEmpty;

const Chroot kNoChroot;
constexpr WatcherId kWatcher{7};

EncodedRequest get(View path, WatcherId watcher = {}) {
  return get_request(kNoChroot, path, watcher);
}
EncodedRequest create(View path) {
  return create_request(kNoChroot, path, {.data = "x"});
}

TEST(Session, ConnectsAndLearnsItsIdentity) {
  Harness client;
  client.server.timeout_ms_max = 9000;
  client.start();

  EXPECT_THAT(client.take_log(), ElementsAre("state CONNECTED"));
  EXPECT_EQ(raw(client.session.credentials().id), 0x0100000000000001);
  EXPECT_EQ(client.session.timeout(), seconds(9));
}

TEST(Session, RequestsBeforeTheConnectionAreSentOnceItStands) {
  Harness client;
  client.submit_unseen(create("/a"));
  client.submit_unseen(get("/a"));
  client.start();

  EXPECT_THAT(client.take_log(), ElementsAre("state CONNECTED", "reply 1 Ok", "reply 2 Ok"));
}

TEST(Session, PipelinedRequestsCarryRisingXidsAndAreAnsweredInOrder) {
  Harness client;
  client.start();
  client.take_log();

  for (int i = 0; i < 4; ++i) client.submit_unseen(get("/missing"));
  client.settle();

  EXPECT_THAT(client.server.xids, ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(client.take_log(),
              ElementsAre("reply 1 NoNode", "reply 2 NoNode", "reply 3 NoNode", "reply 4 NoNode"));
}

TEST(Session, RepliesMayArriveByteByByte) {
  Harness client;
  client.piece = 1;
  client.start();
  client.submit(create("/a"));
  client.submit(get("/a"));

  EXPECT_THAT(client.take_log(), ElementsAre("state CONNECTED", "reply 1 Ok", "reply 2 Ok"));
}

TEST(Session, ALostConnectionFailsWhatWasSentAndReattachesToTheSession) {
  Harness client;
  client.start();
  const Credentials before = client.session.credentials();
  client.server.stop_answering();
  client.submit(create("/a"));
  client.take_log();

  client.break_connection();
  client.server.start_answering();
  client.submit_unseen(get("/a"));
  client.wait(seconds(2));

  EXPECT_THAT(
      client.take_log(),
      ElementsAre(
          "reply 1 ConnectionLoss", "state CONNECTING", "state CONNECTED", "reply 2 NoNode"));
  EXPECT_EQ(client.session.credentials().id, before.id);
  EXPECT_EQ(client.session.credentials().password, before.password);
  EXPECT_EQ(client.dialed.size(), 2U);
}

TEST(Session, AnExpiredSessionFailsEverythingAndTellsTheWatchers) {
  Harness client;
  client.start();
  client.server.create("/a");
  client.submit(get("/a", kWatcher));
  client.take_log();

  client.server.expire(client.session.credentials().id);
  client.break_connection();
  client.submit_unseen(get("/a"));
  client.wait(seconds(2));
  client.submit(get("/a"));

  EXPECT_THAT(client.take_log(),
              ElementsAre("state CONNECTING",
                          "reply 2 SessionExpired",
                          "None  -> 7",
                          "state CLOSED",
                          "reply 3 SessionExpired"));
  EXPECT_EQ(client.session.state(), SessionState::Expired);
  EXPECT_FALSE(client.session.deadline());
}

TEST(Session, ResumesAGivenSession) {
  Harness first;
  first.start();
  SessionOptions options = Harness::default_options();
  options.resume = first.session.credentials();
  Harness second(std::move(options));
  second.server = std::move(first.server);
  second.start();

  EXPECT_THAT(second.take_log(), ElementsAre("state CONNECTED"));
  EXPECT_EQ(second.session.credentials().id, first.session.credentials().id);
}

TEST(Session, PingsAfterAThirdOfTheTimeoutWithoutTraffic) {
  Harness client;
  client.start();

  client.wait(milliseconds(3999));
  EXPECT_THAT(client.server.opcodes, IsEmpty());
  client.wait(milliseconds(1));
  EXPECT_THAT(client.server.opcodes, ElementsAre(Opcode::Ping));
  client.wait(seconds(60));
  EXPECT_EQ(client.server.opcodes.size(), 16U);
  EXPECT_THAT(client.take_log(), ElementsAre("state CONNECTED"));
}

TEST(Session, ASilentServerIsGivenUpAfterTwoThirdsOfTheTimeout) {
  Harness client;
  client.start();
  client.take_log();
  client.server.stop_answering();

  client.wait(milliseconds(7999));
  EXPECT_THAT(client.take_log(), IsEmpty());
  client.wait(milliseconds(1));
  EXPECT_THAT(client.take_log(), ElementsAre("state CONNECTING"));
  EXPECT_EQ(client.reasons.back(),
            fmt::format("{} was silent for 8000 ms", to_string(client.dialed.back())));
}

TEST(Session, AServerThatDoesNotShakeHandsIsGivenUpAfterItsShareOfTheTimeout) {
  Harness client;
  client.server.stop_answering();
  client.start();

  client.wait(milliseconds(3999));
  EXPECT_THAT(client.take_log(), IsEmpty());
  client.wait(milliseconds(1));
  EXPECT_THAT(client.take_log(), ElementsAre("state CONNECTING"));
}

TEST(Session, TriesEveryServerOncePerRoundAndBacksOffBetweenRounds) {
  Harness client;
  client.is_down = true;
  client.start();
  client.wait(milliseconds(151));

  ASSERT_GE(client.dialed.size(), 3U);
  const std::vector<Host> round(client.dialed.begin(), client.dialed.begin() + 3);
  EXPECT_THAT(round,
              testing::UnorderedElementsAre(Host{"one", 1}, Host{"two", 2}, Host{"three", 3}));

  client.wait(seconds(60));
  // At most one round per half of the longest back-off, plus the quick ones at the beginning.
  EXPECT_LT(client.dialed.size(), 3U * 130U);
  EXPECT_GT(client.dialed.size(), 3U * 50U);
}

TEST(Session, RequestsThatCannotBeSentForTheTimeoutEndInConnectionLoss) {
  Harness client;
  client.is_down = true;
  client.submit_unseen(get("/a"));
  client.start();

  client.wait(milliseconds(11999));
  EXPECT_EQ(client.session.outstanding(), 1U);
  client.wait(milliseconds(1));
  EXPECT_EQ(client.session.outstanding(), 0U);
  EXPECT_THAT(client.take_log(), testing::Contains("reply 1 ConnectionLoss"));
}

TEST(Session, CredentialsAreSentAgainOnEveryConnectionBeforeAnythingElse) {
  Harness client;
  client.start();
  client.session.add_auth("digest", "user:one", client.now, client.effects);
  client.session.add_auth("digest", "user:two", client.now, client.effects);
  client.settle();
  client.server.create("/a");
  client.submit(get("/a", kWatcher));
  EXPECT_THAT(client.take_log(),
              ElementsAre("state CONNECTED", "reply 1 Ok", "reply 2 Ok", "reply 3 Ok"));

  client.break_connection();
  client.submit_unseen(get("/a"));
  client.wait(seconds(2));

  EXPECT_THAT(client.server.auths, ElementsAre("user:one", "user:two"));
  EXPECT_THAT(client.server.opcodes,
              ElementsAre(Opcode::Auth, Opcode::Auth, Opcode::SetWatches, Opcode::GetData));
}

TEST(Session, ACredentialWhoseReplyWasLostIsAnsweredOnTheNextConnection) {
  Harness client;
  client.start();
  client.server.stop_answering();
  client.session.add_auth("digest", "user:one", client.now, client.effects);
  client.settle();
  client.break_connection();
  client.server.start_answering();
  client.wait(seconds(2));

  EXPECT_THAT(client.take_log(),
              ElementsAre("state CONNECTED", "state CONNECTING", "state CONNECTED", "reply 1 Ok"));
}

TEST(Session, ARefusedCredentialEndsTheSession) {
  Harness client;
  client.start();
  client.server.auth_result = ErrorCode::AuthFailed;
  client.session.add_auth("nonsense", "x", client.now, client.effects);
  client.session.submit(*get("/a"), client.now, client.effects);
  client.settle();

  EXPECT_THAT(
      client.take_log(),
      ElementsAre(
          "state CONNECTED", "reply 1 AuthFailed", "reply 2 AuthFailed", "state AUTH_FAILED"));
}

TEST(Session, ClosingWaitsForEarlierRepliesAndRefusesLaterRequests) {
  Harness client;
  client.start();
  client.submit_unseen(create("/a"));
  client.session.close(client.now, client.effects);
  client.submit_unseen(get("/a"));
  client.settle();

  EXPECT_THAT(client.take_log(),
              ElementsAre("state CONNECTED", "reply 3 Closing", "reply 1 Ok", "state CLOSED"));
  EXPECT_THAT(client.server.opcodes, ElementsAre(Opcode::Create2, Opcode::CloseSession));
}

TEST(Session, ClosingDoesNotWaitForeverForASilentServer) {
  Harness client;
  client.start();
  client.server.stop_answering();
  client.session.close(client.now, client.effects);
  client.wait(seconds(2));

  EXPECT_EQ(client.session.state(), SessionState::Closed);
}

TEST(Session, ClosingWithoutAConnectionIsImmediate) {
  Harness client;
  client.is_down = true;
  client.submit_unseen(get("/a"));
  client.start();
  client.take_log();
  client.session.close(client.now, client.effects);
  client.settle();

  EXPECT_THAT(client.take_log(), ElementsAre("reply 1 Closing", "state CLOSED"));
}

TEST(Session, AReadOnlyClientAcceptsAReadOnlyServerAndMovesToABetterOne) {
  SessionOptions options = Harness::default_options();
  options.can_be_read_only = true;
  Harness client(std::move(options));
  client.server.is_read_only = true;
  client.start();
  EXPECT_THAT(client.take_log(), ElementsAre("state CONNECTEDREADONLY"));

  client.wait(seconds(1));
  ASSERT_GE(client.probed.size(), 2U);
  client.server.is_read_only = false;
  client.session.on_writable_server_found(client.probed.back(), client.now, client.effects);
  client.wait(seconds(1));

  EXPECT_THAT(client.take_log(), ElementsAre("state CONNECTING", "state CONNECTED"));
  EXPECT_EQ(client.dialed.back(), client.probed.back());
  // The read-only server's session means nothing elsewhere.
  EXPECT_EQ(raw(client.session.credentials().id), 0x0100000000000002);
}

TEST(Session, SendsTheHighestZxidItHasSeenWhenItReconnects) {
  Harness client;
  client.start();
  client.server.zxid = 0x500000007;
  client.submit(get("/a"));

  EXPECT_EQ(client.session.last_zxid(), (Zxid{0x500000007}));
}

TEST(Session, TheSameSeedGivesTheSameServersAndTimes) {
  const auto run = [](std::uint64_t seed) {
    Harness client(Harness::default_options(), seed);
    client.is_down = true;
    client.start();
    client.wait(seconds(5));
    return std::pair(client.dialed, client.session.deadline());
  };

  EXPECT_EQ(run(3), run(3));
}

}  // namespace
}  // namespace paddock::client
