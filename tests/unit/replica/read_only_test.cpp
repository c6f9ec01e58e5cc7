// SPDX-License-Identifier: Apache-2.0
//
// A server that is cut off from its ensemble: whom it serves, and what becomes of their sessions.
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "replica/replica.h"
#include "txn/txn.pb.h"

namespace paddock::replica {
namespace {

constexpr SessionId kKnown{0x0200'0000'0000'0007};
constexpr SessionId kOwner{0x0200'0000'0000'0008};
constexpr SessionId kUnknown{0x0200'0000'0000'0009};

/// One of three servers, and it never hears of the others.
class CutOff {
 public:
  explicit CutOff(bool read_only_mode, bool knows_something = true)
      : replica_(tree_, 1, options(read_only_mode), now_) {
    for (const SessionId id : {kKnown, kOwner}) {
      replica_.restore_session({.id = id, .timeout = milliseconds(10000), .home = ServerId{2}},
                               now_.monotonic);
    }
    if (knows_something) recover_ephemeral();
    zab::Recovered recovered;
    recovered.last = recovered.committed = replica_.last_applied();
    replica_.start(std::move(recovered), now_, effects_);
  }
  ~CutOff() { replica_.check_invariants(); }

  void wait(milliseconds time) {
    now_.monotonic = now_.monotonic + time;
    replica_.on_tick(now_);
    replica_.end_turn(now_, effects_);
  }
  /// What the core tells the shard of it.
  gate::MailEntry ask(gate::CoreEntry entry) {
    gate::CoreBatch batch;
    batch.add(entry);
    replica_.on_batch(batch, now_);
    replica_.end_turn(now_, effects_);
    const auto gate = tree_.read(0);
    EXPECT_EQ(gate.mail().entries().size(), 1U);
    const gate::MailEntry answer =
        gate.mail().empty() ? gate::MailEntry{} : gate.mail().entries().back();
    gate.mail().clear();
    return answer;
  }
  gate::MailEntry attach(std::uint64_t connection, SessionId session, bool accepts = true) {
    const bool is_new = session == SessionId{};
    return ask({.kind = is_new ? gate::CoreKind::CreateSession : gate::CoreKind::AttachSession,
                .timeout_ms = 6000,
                .accepts_read_only = accepts,
                .connection = ConnectionId{connection},
                .session = session});
  }
  gate::MailEntry close(std::uint64_t connection, SessionId session) {
    return ask({.kind = gate::CoreKind::Write,
                .opcode = jute::Opcode::CloseSession,
                .xid = 5,
                .connection = ConnectionId{connection},
                .session = session});
  }
  [[nodiscard]] const Replica& replica() const { return replica_; }

 private:
  static ReplicaOptions options(bool read_only_mode) {
    ReplicaOptions options;
    options.server = ServerId{1};
    options.peer.is_alone = false;
    for (const int voter : {1, 2, 3}) options.configuration.voters.insert(ServerId{voter});
    options.read_only_mode = read_only_mode;
    return options;
  }
  void recover_ephemeral() {
    txn::pb::Txn txn;
    txn.set_zxid(Zxid::of(1, 1).value);
    txn.set_session(raw(kOwner));
    txn::pb::Op& op = *txn.add_ops();
    op.set_opcode(static_cast<std::int32_t>(jute::Opcode::Create));
    op.mutable_create()->set_path("/mine");
    op.mutable_create()->set_owner(raw(kOwner));
    op.mutable_create()->set_parent_cversion(1);
    ASSERT_TRUE(replica_.recover(Zxid::of(1, 1), txn.SerializeAsString(), now_.monotonic));
  }

  Now now_{{std::chrono::seconds(1000)}, {1'000'000}};
  gate::SharedTree tree_{1};
  Effects effects_;
  Replica replica_;
};

TEST(ReplicaReadOnly, BeginsWhenThereHasBeenNoLeaderForTooLong) {
  CutOff server(true);
  EXPECT_EQ(server.replica().service(), gate::Service::None);
  server.wait(milliseconds(4000));
  EXPECT_EQ(server.replica().service(), gate::Service::None);
  server.wait(milliseconds(1));
  EXPECT_EQ(server.replica().service(), gate::Service::ReadOnly);
  EXPECT_FALSE(server.replica().is_serving());
}

TEST(ReplicaReadOnly, IsOffByDefaultAndWhereNothingIsKnown) {
  CutOff without(false);
  without.wait(milliseconds(5000));
  EXPECT_EQ(without.replica().service(), gate::Service::None);

  CutOff empty(true, false);
  empty.wait(milliseconds(5000));
  EXPECT_EQ(empty.replica().service(), gate::Service::None);
}

TEST(ReplicaReadOnly, ANewSessionIsKnownToThisServerAlone) {
  CutOff server(true);
  server.wait(milliseconds(5000));
  const gate::MailEntry attached = server.attach(1, SessionId{});

  EXPECT_EQ(attached.kind, gate::MailKind::SessionAttached);
  EXPECT_TRUE(attached.is_read_only);
  EXPECT_EQ(attached.timeout_ms, 6000);
  EXPECT_TRUE(session::SessionIds::is_of_read_only(attached.session));
  EXPECT_EQ(server.replica().local_sessions().size(), 1U);
  EXPECT_EQ(server.replica().sessions().size(), 2U);

  const gate::MailEntry closed = server.close(1, attached.session);
  EXPECT_EQ(closed.kind, gate::MailKind::Reply);
  EXPECT_EQ(closed.err, ErrorCode::Ok);
  EXPECT_EQ(closed.xid, 5);
  EXPECT_EQ(server.replica().local_sessions().size(), 0U);
  EXPECT_EQ(server.attach(2, attached.session).kind, gate::MailKind::SessionRefused);
}

TEST(ReplicaReadOnly, ANewSessionExpires) {
  CutOff server(true);
  server.wait(milliseconds(5000));
  const gate::MailEntry attached = server.attach(1, SessionId{});
  server.wait(milliseconds(20000));

  EXPECT_EQ(server.replica().local_sessions().size(), 0U);
  EXPECT_EQ(server.replica().sessions().size(), 2U) << "those of the ensemble are not its to end";
  static_cast<void>(attached);
}

TEST(ReplicaReadOnly, ASessionOfTheEnsembleGoesOnAndIsNotEnded) {
  CutOff server(true);
  server.wait(milliseconds(5000));
  const gate::MailEntry attached = server.attach(1, kKnown);
  EXPECT_EQ(attached.kind, gate::MailKind::SessionAttached);
  EXPECT_TRUE(attached.is_read_only);
  EXPECT_EQ(attached.session, kKnown);

  EXPECT_EQ(server.close(1, kKnown).err, ErrorCode::NotReadOnly);
  EXPECT_EQ(server.replica().sessions().size(), 2U);
}

TEST(ReplicaReadOnly, OthersAreSentElsewhere) {
  CutOff server(true);
  server.wait(milliseconds(5000));

  EXPECT_EQ(server.attach(1, SessionId{}, false).kind, gate::MailKind::Close) << "did not ask";
  EXPECT_EQ(server.attach(2, kOwner).kind, gate::MailKind::Close) << "owns ephemeral nodes";
  EXPECT_EQ(server.attach(3, kUnknown).kind, gate::MailKind::Close) << "the others may know it";
  EXPECT_EQ(server.replica().local_sessions().size(), 0U);
}

}  // namespace
}  // namespace paddock::replica
