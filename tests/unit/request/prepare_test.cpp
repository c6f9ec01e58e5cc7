// SPDX-License-Identifier: Apache-2.0
//
// What writes do when they are allowed, one after another and pipelined.
#include <limits>

#include <gtest/gtest.h>

#include "world.h"

namespace paddock::request {
namespace {

using enum jute::Opcode;
using jute::CreateMode;

/// The path in the reply of the last create.
std::string created(const World& world) {
  jute::PathResponse reply;
  EXPECT_TRUE(jute::decode(world.replies.back(), reply));
  return std::string(reply.path);
}

TEST(PrepareCreate, TransactionSaysWhoAndWhen) {
  World world;
  ASSERT_EQ(world.propose(Create, create("/a", "data")).err, ErrorCode::Ok);

  const txn::pb::Txn& txn = world.outstanding.back();
  EXPECT_EQ(txn.session(), raw(kAlice));
  EXPECT_EQ(txn.xid(), 7);
  EXPECT_EQ(txn.time_ms(), world.now.ms);
  EXPECT_FALSE(txn.multi());
  ASSERT_EQ(txn.ops_size(), 1);
  EXPECT_EQ(txn.ops(0).opcode(), 1);
  EXPECT_EQ(txn.ops(0).create().path(), "/a");
  EXPECT_EQ(txn.ops(0).create().data(), "data");
  EXPECT_EQ(txn.ops(0).create().parent_cversion(),
            world.tree.view(*world.tree.find("/")).cversion + 1);
}

TEST(PrepareCreate, NullDataStaysNull) {
  World world;
  ASSERT_EQ(world.act(Create, create("/null", View{})), ErrorCode::Ok);
  ASSERT_EQ(world.act(Create, create("/empty", kEmpty)), ErrorCode::Ok);

  EXPECT_TRUE(is_null(world.tree.data(*world.tree.find("/null"))));
  EXPECT_FALSE(is_null(world.tree.data(*world.tree.find("/empty"))));
  ASSERT_EQ(world.act(SetData, set_data("/empty", View{})), ErrorCode::Ok);
  EXPECT_TRUE(is_null(world.tree.data(*world.tree.find("/empty"))));
}

TEST(PrepareCreate, RequestTypeAndModeDecideTheOwner) {
  World world({.extended_types_enabled = true, .acl_schemes = {}});
  ASSERT_EQ(world.act(Create, create("/ephemeral", "", CreateMode::Ephemeral)), ErrorCode::Ok);
  ASSERT_EQ(world.act(CreateContainer, create("/container", "", CreateMode::Container)),
            ErrorCode::Ok);
  ASSERT_EQ(world.act(CreateContainer, create("/also", "", CreateMode::Ephemeral)), ErrorCode::Ok);
  ASSERT_EQ(world.act(Create, create("/plain", "", CreateMode::Container)), ErrorCode::Ok);
  ASSERT_EQ(world.act(CreateTtl, create_ttl("/ttl", 1234)), ErrorCode::Ok);

  const auto owner = [&](View path) {
    return world.tree.view(*world.tree.find(path)).owner;
  };
  EXPECT_EQ(owner("/ephemeral"), raw(kAlice));
  EXPECT_EQ(owner("/container"), tree::kContainerOwner);
  EXPECT_EQ(owner("/also"), tree::kContainerOwner);
  EXPECT_EQ(owner("/plain"), 0);
  EXPECT_EQ(owner("/ttl"), tree::ttl_owner(1234));
}

TEST(PrepareCreate, SequenceCountsCreationsOnlyAndIsNeverUsedTwice) {
  World world;
  const std::string next = create("/q/n-", "", CreateMode::EphemeralSequential);
  ASSERT_EQ(world.act(Create, create("/q")), ErrorCode::Ok);
  ASSERT_EQ(world.act(Create, next), ErrorCode::Ok);
  EXPECT_EQ(created(world), "/q/n-0000000000");
  ASSERT_EQ(world.act(Create, next), ErrorCode::Ok);
  EXPECT_EQ(created(world), "/q/n-0000000001");
  ASSERT_EQ(world.act(Delete, remove("/q/n-0000000001")), ErrorCode::Ok);
  ASSERT_EQ(world.act(Create, next), ErrorCode::Ok);
  EXPECT_EQ(created(world), "/q/n-0000000002");
  ASSERT_EQ(world.act(Create, create("/q/", "", CreateMode::PersistentSequential)), ErrorCode::Ok);
  EXPECT_EQ(created(world), "/q/0000000003");
}

TEST(PrepareCreate, SequenceIsCountedThroughWhatIsOutstanding) {
  World world;
  const std::string next = create("/q/n", "", CreateMode::PersistentSequential);
  ASSERT_EQ(world.propose(Create, create("/q")).err, ErrorCode::Ok);
  for (int i = 0; i < 3; ++i) ASSERT_EQ(world.propose(Create, next).err, ErrorCode::Ok);
  world.apply(2);
  ASSERT_EQ(world.propose(Create, next).err, ErrorCode::Ok);
  world.apply_all();
  EXPECT_EQ(created(world), "/q/n0000000003");
}

TEST(PrepareCreate, SequenceWrapsIntoNegativeNumbers) {
  World world;
  ASSERT_EQ(world.act(Create, create("/q")), ErrorCode::Ok);
  txn::pb::Txn txn;
  txn.set_zxid(world.last_proposed.next().value);
  txn::pb::Op& op = *txn.add_ops();
  op.set_opcode(1);
  op.mutable_create()->set_path("/q/x");
  op.mutable_create()->set_parent_cversion(std::numeric_limits<std::int32_t>::max());
  world.propose(txn);
  world.apply_all();
  const std::string next = create("/q/n", "", CreateMode::PersistentSequential);

  ASSERT_EQ(world.act(Create, next), ErrorCode::Ok);
  EXPECT_EQ(created(world), "/q/n2147483647");
  ASSERT_EQ(world.propose(Create, next).err, ErrorCode::Ok);
  EXPECT_EQ(world.outstanding.back().ops(0).create().path(), "/q/n-2147483648");
}

TEST(PrepareCreate, ExistingNodeIsFoundBeforeTheEphemeralParent) {
  World world;
  ASSERT_EQ(world.act(Create, create("/p")), ErrorCode::Ok);
  ASSERT_EQ(world.act(Create, create("/e", "", CreateMode::Ephemeral)), ErrorCode::Ok);
  EXPECT_EQ(world.act(Create, create("/e")), ErrorCode::NodeExists);
  EXPECT_EQ(world.act(Create, create("/e/child")), ErrorCode::NoChildrenForEphemerals);
}

TEST(PreparePipelined, LaterRequestsSeeEarlierOnes) {
  World world;
  EXPECT_EQ(world.propose(Create, create("/a")).err, ErrorCode::Ok);
  EXPECT_EQ(world.propose(Create, create("/a/b")).err, ErrorCode::Ok);
  EXPECT_EQ(world.propose(Create, create("/a")).err, ErrorCode::NodeExists);
  EXPECT_EQ(world.propose(Delete, remove("/a")).err, ErrorCode::NotEmpty);
  EXPECT_EQ(world.propose(SetData, set_data("/a/b", "x", 0)).err, ErrorCode::Ok);
  EXPECT_EQ(world.propose(Delete, remove("/a/b", 0)).err, ErrorCode::BadVersion);
  EXPECT_EQ(world.propose(Delete, remove("/a/b", 1)).err, ErrorCode::Ok);
  EXPECT_EQ(world.propose(SetData, set_data("/a/b", "x")).err, ErrorCode::NoNode);
  EXPECT_EQ(world.propose(Create, create("/a/b/c")).err, ErrorCode::NoNode);
  EXPECT_EQ(world.propose(Delete, remove("/a")).err, ErrorCode::Ok);
  world.preparer.check_invariants();
  world.apply_all();
  EXPECT_FALSE(world.has("/a"));
  world.preparer.check_invariants();
}

TEST(PreparePipelined, ListsThatAreOutstandingCount) {
  World world;
  EXPECT_EQ(world.propose(Create, create("/a", "", CreateMode::Persistent, kCreatorOnly)).err,
            ErrorCode::Ok);
  EXPECT_EQ(world.propose(SetData, set_data("/a", "x"), kBob).err, ErrorCode::NoAuth);
  EXPECT_EQ(world.propose(SetAcl, set_acl("/a", kOpen)).err, ErrorCode::Ok);
  EXPECT_EQ(world.propose(SetData, set_data("/a", "x"), kBob).err, ErrorCode::Ok);
  EXPECT_EQ(world.propose(SetAcl, set_acl("/a", kReadOnly)).err, ErrorCode::Ok);
  EXPECT_EQ(world.propose(SetData, set_data("/a", "x")).err, ErrorCode::NoAuth);
  world.apply(3);
  EXPECT_EQ(world.propose(SetData, set_data("/a", "x")).err, ErrorCode::NoAuth);
  world.apply_all();
  EXPECT_EQ(world.propose(SetData, set_data("/a", "x")).err, ErrorCode::NoAuth);
}

TEST(PreparePipelined, NodeThatIsCreatedAgainStartsAfresh) {
  World world;
  ASSERT_EQ(world.act(Create, create("/a", "", CreateMode::Ephemeral, kCreatorOnly)),
            ErrorCode::Ok);
  ASSERT_EQ(world.act(SetData, set_data("/a", "x")), ErrorCode::Ok);
  EXPECT_EQ(world.propose(Delete, remove("/a")).err, ErrorCode::Ok);
  EXPECT_EQ(world.propose(Create, create("/a"), kBob).err, ErrorCode::Ok);
  EXPECT_EQ(world.propose(SetData, set_data("/a", "x", 0), kBob).err, ErrorCode::Ok);
  EXPECT_EQ(world.propose(Create, create("/a/b"), kBob).err, ErrorCode::Ok);
  world.apply_all();
  EXPECT_EQ(world.stat("/a").version, 1);
  EXPECT_EQ(world.stat("/a").ephemeral_owner, 0);
}

TEST(PrepareVersions, SkipTheOneThatMeansAny) {
  World world;
  ASSERT_EQ(world.act(Create, create("/a")), ErrorCode::Ok);
  txn::pb::Txn txn;
  txn.set_zxid(world.last_proposed.next().value);
  txn::pb::Op& op = *txn.add_ops();
  op.set_opcode(5);
  op.mutable_set_data()->set_path("/a");
  op.mutable_set_data()->set_version(-2);
  world.propose(txn);
  world.apply_all();

  ASSERT_EQ(world.act(SetData, set_data("/a", "x", -2)), ErrorCode::Ok);
  EXPECT_EQ(world.stat("/a").version, 0);
}

TEST(PrepareCloseSession, EphemeralsAreGoneForLaterRequests) {
  World world;
  ASSERT_EQ(world.act(Create, create("/p")), ErrorCode::Ok);
  ASSERT_EQ(world.act(Create, create("/p/applied", "", CreateMode::Ephemeral)), ErrorCode::Ok);
  ASSERT_EQ(world.act(Create, create("/p/touched", "", CreateMode::Ephemeral)), ErrorCode::Ok);
  ASSERT_EQ(world.act(Create, create("/p/deleted", "", CreateMode::Ephemeral)), ErrorCode::Ok);
  ASSERT_EQ(world.propose(SetData, set_data("/p/touched", "x")).err, ErrorCode::Ok);
  ASSERT_EQ(world.propose(Delete, remove("/p/deleted")).err, ErrorCode::Ok);
  ASSERT_EQ(world.propose(Create, create("/p/deleted", "mine"), kBob).err, ErrorCode::Ok);
  ASSERT_EQ(world.propose(Create, create("/p/outstanding", "", CreateMode::Ephemeral)).err,
            ErrorCode::Ok);

  ASSERT_EQ(world.propose(CloseSession, "").err, ErrorCode::Ok);

  EXPECT_EQ(world.propose(SetData, set_data("/p/applied", ""), kBob).err, ErrorCode::NoNode);
  EXPECT_EQ(world.propose(SetData, set_data("/p/touched", ""), kBob).err, ErrorCode::NoNode);
  EXPECT_EQ(world.propose(SetData, set_data("/p/outstanding", ""), kBob).err, ErrorCode::NoNode);
  EXPECT_EQ(world.propose(Delete, remove("/p"), kBob).err, ErrorCode::NotEmpty);
  EXPECT_EQ(world.propose(Delete, remove("/p/deleted"), kBob).err, ErrorCode::Ok);
  EXPECT_EQ(world.propose(Delete, remove("/p"), kBob).err, ErrorCode::Ok);
  world.preparer.check_invariants();
  world.apply_all();
  EXPECT_FALSE(world.has("/p"));
  world.tree.check_invariants();
  world.preparer.check_invariants();
}

TEST(PrepareCloseSession, ClosedSessionMayNotChangeAnythingAnyMore) {
  World world;
  ASSERT_EQ(world.propose(CloseSession, "").err, ErrorCode::Ok);
  EXPECT_EQ(world.propose(Create, create("/a", "", CreateMode::Ephemeral)).err,
            ErrorCode::SessionExpired);
  EXPECT_EQ(world.propose(Create, create("/a")).err, ErrorCode::SessionExpired);
  world.apply_all();
  EXPECT_EQ(world.propose(Create, create("/a", "", CreateMode::Ephemeral)).err,
            ErrorCode::SessionExpired);
  EXPECT_EQ(world.propose(Create, create("/a")).err, ErrorCode::UnknownSession);
}

// ZOOKEEPER-4306: the transaction named every node and could become too large to be read again.
TEST(PrepareCloseSession, IsAsSmallWithManyEphemeralsAsWithNone) {
  const auto size_of_close = [](int ephemerals) {
    World world;
    for (int i = 0; i < ephemerals; ++i) {
      const std::string path = "/" + std::string(1000, 'e') + std::to_string(i);
      EXPECT_EQ(world.act(Create, create(path, "", CreateMode::Ephemeral)), ErrorCode::Ok);
    }
    txn::pb::Txn txn;
    world.preparer.prepare_close_session(kAlice, Zxid{1'000'000}, world.now, txn);
    return txn.ByteSizeLong();
  };

  EXPECT_EQ(size_of_close(2000), size_of_close(0));
}

TEST(PrepareCreateSession, SessionMayWriteBeforeItsCreationIsApplied) {
  World world;
  txn::pb::Txn txn;
  world.preparer.prepare_create_session(
      kNobody, milliseconds{5000}, world.last_proposed.next(), world.now, txn);
  EXPECT_EQ(txn.session(), raw(kNobody));
  EXPECT_EQ(txn.ops(0).create_session().timeout_ms(), 5000);
  world.propose(txn);

  EXPECT_EQ(world.propose(Create, create("/a", "", CreateMode::Ephemeral), kNobody).err,
            ErrorCode::Ok);
  world.apply_all();
  EXPECT_EQ(world.propose(Create, create("/b"), kNobody).err, ErrorCode::Ok);
}

TEST(PrepareCloseSession, ServerCanCloseItByItself) {
  World world;
  ASSERT_EQ(world.act(Create, create("/e", "", CreateMode::Ephemeral)), ErrorCode::Ok);
  txn::pb::Txn txn;
  world.preparer.prepare_close_session(kAlice, world.last_proposed.next(), world.now, txn);
  EXPECT_EQ(txn.session(), raw(kAlice));
  EXPECT_EQ(txn.xid(), 0);
  world.propose(txn);
  world.apply_all();
  EXPECT_FALSE(world.has("/e"));
}

TEST(PrepareDeleteExpired, RemovesContainersAndNodesThatHaveOutlivedTheirTime) {
  World world({.extended_types_enabled = true, .acl_schemes = {}});
  ASSERT_EQ(world.act(CreateContainer, create("/c", "", CreateMode::Container)), ErrorCode::Ok);
  ASSERT_EQ(world.act(CreateTtl, create_ttl("/ttl", 1000)), ErrorCode::Ok);
  const auto try_delete = [&](View path, std::int64_t after_ms) {
    txn::pb::Txn txn;
    const bool is_deleted = world.preparer.prepare_delete_expired(
        path, world.last_proposed.next(), WallTime{world.now.ms + after_ms}, txn);
    if (is_deleted) world.propose(txn);
    return is_deleted;
  };

  EXPECT_FALSE(try_delete("/ttl", 1000));
  EXPECT_TRUE(try_delete("/ttl", 1001));
  EXPECT_FALSE(try_delete("/ttl", 1001)) << "it is outstanding";
  EXPECT_EQ(world.outstanding.back().session(), 0);
  EXPECT_TRUE(try_delete("/c", 0));
  world.apply_all();
  EXPECT_FALSE(world.has("/ttl"));
  EXPECT_FALSE(world.has("/c"));
  EXPECT_EQ(world.replies.back(), "");
}

TEST(PrepareDeleteExpired, KeepsWhatIsInUse) {
  World world({.extended_types_enabled = true, .acl_schemes = {}});
  ASSERT_EQ(world.act(CreateContainer, create("/c", "", CreateMode::Container)), ErrorCode::Ok);
  ASSERT_EQ(world.act(CreateTtl, create_ttl("/ttl", 1000)), ErrorCode::Ok);
  ASSERT_EQ(world.act(Create, create("/plain")), ErrorCode::Ok);
  ASSERT_EQ(world.act(Create, create("/e", "", CreateMode::Ephemeral)), ErrorCode::Ok);
  ASSERT_EQ(world.propose(Create, create("/c/child")).err, ErrorCode::Ok);
  ASSERT_EQ(world.propose(SetData, set_data("/ttl", "still here")).err, ErrorCode::Ok);

  txn::pb::Txn txn;
  for (const View path : {"/c", "/ttl", "/plain", "/e", "/", "/zookeeper", "/missing", ""}) {
    EXPECT_FALSE(world.preparer.prepare_delete_expired(
        path, world.last_proposed.next(), WallTime{world.now.ms + 9999}, txn))
        << path;
  }
}

}  // namespace
}  // namespace paddock::request
