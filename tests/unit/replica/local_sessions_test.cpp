// SPDX-License-Identifier: Apache-2.0
//
// Local sessions on a server that is alone: what needs a transaction, and what does not.
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "jute/records.h"
#include "jute/writer.h"
#include "replica/replica.h"

namespace paddock::replica {
namespace {

using testing::ElementsAre;

class Alone {
 public:
  explicit Alone(bool upgrading) : replica_(tree_, 1, options(upgrading), now_) {
    zab::Recovered recovered;
    recovered.quorums.committed.voters.insert(ServerId{0});
    replica_.start(std::move(recovered), now_, effects_);
  }
  ~Alone() { replica_.check_invariants(); }

  void ask(gate::CoreEntry entry, View payload = kEmpty) {
    gate::CoreBatch batch;
    batch.add(entry, payload);
    replica_.on_batch(batch, now_);
    replica_.end_turn(now_, effects_);
  }
  SessionId attach(std::uint64_t connection, SessionId session = {}) {
    const bool is_new = session == SessionId{};
    ask({.kind = is_new ? gate::CoreKind::CreateSession : gate::CoreKind::AttachSession,
         .timeout_ms = 6000,
         .connection = ConnectionId{connection},
         .session = session});
    const std::vector<gate::MailEntry> told = take();
    const bool is_attached = !told.empty() && told.back().kind == gate::MailKind::SessionAttached;
    return is_attached ? told.back().session : SessionId{};
  }
  void create(std::uint64_t connection, SessionId session, View path, jute::CreateMode mode) {
    jute::ListBuilder<jute::Acl> acl;
    acl.add({jute::kPermAll, {"world", "anyone"}});
    ByteBuffer payload;
    jute::Writer(payload).put(jute::CreateRequest{path, kEmpty, acl.view(), mode});
    ask({.kind = gate::CoreKind::Write,
         .opcode = jute::Opcode::Create,
         .xid = 1,
         .connection = ConnectionId{connection},
         .session = session},
        payload.view());
  }
  void close(std::uint64_t connection, SessionId session) {
    ask({.kind = gate::CoreKind::Write,
         .opcode = jute::Opcode::CloseSession,
         .xid = 2,
         .connection = ConnectionId{connection},
         .session = session});
  }
  void wait(milliseconds time) {
    now_.monotonic = now_.monotonic + time;
    replica_.on_tick(now_);
    replica_.end_turn(now_, effects_);
  }
  /// The disk has written all that it was given.
  void sync() {
    std::optional<Zxid> last;
    for (const zab::DiskTask& task : effects_.disk) {
      if (const auto* append = std::get_if<zab::LogAppend>(&task)) {
        last = append->batch->entries().back().zxid;
      }
    }
    effects_.clear();
    if (last) replica_.on_log_durable(*last, now_);
    replica_.end_turn(now_, effects_);
  }
  std::vector<gate::MailEntry> take() {
    const auto gate = tree_.read(0);
    std::vector<gate::MailEntry> entries = gate.mail().entries();
    gate.mail().clear();
    return entries;
  }
  std::vector<ErrorCode> take_errors() {
    std::vector<ErrorCode> errors;
    for (const gate::MailEntry& entry : take()) {
      if (entry.kind == gate::MailKind::Reply) errors.push_back(entry.err);
    }
    return errors;
  }
  [[nodiscard]] std::size_t local() const { return replica_.local_sessions().size(); }
  [[nodiscard]] std::size_t global() const { return replica_.sessions().size(); }
  [[nodiscard]] Zxid applied() const { return replica_.last_applied(); }
  [[nodiscard]] const tree::DataTree& tree() const { return tree_.writers_view(); }

 private:
  static ReplicaOptions options(bool upgrading) {
    ReplicaOptions options;
    options.server = ServerId{1};
    options.local_sessions = true;
    options.local_sessions_upgrading = upgrading;
    return options;
  }

  Now now_{{std::chrono::seconds(1000)}, {1'000'000}};
  gate::SharedTree tree_{1};
  Effects effects_;
  Replica replica_;
};

TEST(LocalSessions, BeginAndEndWithoutATransaction) {
  Alone server(false);
  const SessionId session = server.attach(1);
  EXPECT_NE(session, SessionId{});
  EXPECT_EQ(server.local(), 1U);
  EXPECT_EQ(server.attach(2, session), session) << "it comes back";

  server.close(2, session);
  EXPECT_THAT(server.take_errors(), ElementsAre(ErrorCode::Ok));
  EXPECT_EQ(server.local(), 0U);
  EXPECT_EQ(server.global(), 0U);
  EXPECT_EQ(server.applied(), Zxid{});
  EXPECT_EQ(server.attach(3, session), SessionId{}) << "it has ended";
}

TEST(LocalSessions, Expire) {
  Alone server(false);
  static_cast<void>(server.attach(1));
  server.wait(milliseconds(10000));

  const std::vector<gate::MailEntry> told = server.take();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told.front().kind, gate::MailKind::Close);
  EXPECT_EQ(server.local(), 0U);
  EXPECT_EQ(server.applied(), Zxid{});
}

TEST(LocalSessions, AreAnsweredInOrderAndEndBehindWhatTheyAskedFor) {
  Alone server(false);
  const SessionId session = server.attach(1);
  server.create(1, session, "/a", jute::CreateMode::Persistent);
  server.close(1, session);
  EXPECT_TRUE(server.take().empty());
  EXPECT_EQ(server.local(), 1U);

  server.sync();
  const std::vector<gate::MailEntry> told = server.take();
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0].xid, 1);
  EXPECT_EQ(told[1].xid, 2);
  EXPECT_EQ(told[1].zxid, told[0].zxid);
  EXPECT_EQ(server.local(), 0U);
}

TEST(LocalSessions, OwnNoEphemeralsUnlessTheyAreUpgraded) {
  Alone server(false);
  server.create(1, server.attach(1), "/e", jute::CreateMode::Ephemeral);
  EXPECT_THAT(server.take_errors(), ElementsAre(ErrorCode::EphemeralOnLocalSession));
  EXPECT_EQ(server.local(), 1U);
}

TEST(LocalSessions, AreUpgradedBeforeTheirFirstEphemeral) {
  Alone server(true);
  const SessionId session = server.attach(1);
  server.create(1, session, "/a", jute::CreateMode::Persistent);
  server.create(1, session, "/e", jute::CreateMode::Ephemeral);
  server.create(1, session, "/f", jute::CreateMode::Ephemeral);
  server.sync();

  EXPECT_THAT(server.take_errors(), ElementsAre(ErrorCode::Ok, ErrorCode::Ok, ErrorCode::Ok));
  EXPECT_EQ(server.local(), 0U);
  EXPECT_EQ(server.global(), 1U);
  EXPECT_EQ(server.applied().counter(), 4U) << "the session is one of the transactions";
  std::vector<std::string> owned;
  server.tree().for_each_ephemeral(session, [&](View path) { owned.emplace_back(path); });
  EXPECT_THAT(owned, ElementsAre("/e", "/f"));

  server.close(1, session);
  server.sync();
  EXPECT_EQ(server.global(), 0U);
  EXPECT_EQ(server.tree().find("/e"), nullptr);
}

TEST(LocalSessions, AnUpgradeIsNotUndoneByTheRefusalOfWhatItWasFor) {
  Alone server(true);
  const SessionId session = server.attach(1);
  server.create(1, session, "/no/parent", jute::CreateMode::Ephemeral);
  server.sync();

  EXPECT_THAT(server.take_errors(), ElementsAre(ErrorCode::NoNode));
  EXPECT_EQ(server.global(), 1U);
  EXPECT_EQ(server.attach(2, session), session);
}

TEST(LocalSessions, MayComeBackAndEndWhileTheyAreUpgraded) {
  Alone server(true);
  const SessionId session = server.attach(1);
  server.create(1, session, "/e", jute::CreateMode::Ephemeral);
  EXPECT_EQ(server.attach(2, session), SessionId{}) << "not before its session is known to all";
  server.sync();
  const std::vector<gate::MailEntry> told = server.take();
  ASSERT_FALSE(told.empty());
  EXPECT_EQ(told.back().kind, gate::MailKind::SessionAttached);
  EXPECT_EQ(told.back().connection, ConnectionId{2});

  const SessionId other = server.attach(3);
  server.create(3, other, "/f", jute::CreateMode::Ephemeral);
  server.close(3, other);
  server.create(3, other, "/g", jute::CreateMode::Persistent);
  server.sync();
  EXPECT_THAT(server.take_errors(),
              ElementsAre(ErrorCode::Ok, ErrorCode::Ok, ErrorCode::SessionExpired));
  EXPECT_EQ(server.tree().find("/f"), nullptr);
  EXPECT_EQ(server.tree().find("/g"), nullptr);
}

}  // namespace
}  // namespace paddock::replica
