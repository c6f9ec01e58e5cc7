// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "world.h"

namespace paddock::request {
namespace {

using enum jute::Opcode;
using jute::CreateMode;
using Codes = std::vector<ErrorCode>;

constexpr ErrorCode kOkCode = ErrorCode::Ok;
constexpr ErrorCode kSkipped = ErrorCode::RuntimeInconsistency;

/// Reads the record that a result of this type has.
bool skip_record(const jute::MultiHeader& header, jute::Reader& in) {
  jute::PathResponse path;
  jute::PathStatResponse path_stat;
  jute::StatResponse stat;
  jute::ErrorResponse error;
  if (header.type == Create) return in.get(path);
  if (header.type == Create2) return in.get(path_stat);
  if (header.type == SetData) return in.get(stat);
  if (header.type == Error) return in.get(error) && static_cast<int>(error.err) == header.err;
  return header.type == Delete || header.type == Check;
}

/// (type, err) of each result in a reply to a multi.
std::vector<std::pair<int, int>> results(View reply) {
  std::vector<std::pair<int, int>> list;
  jute::Reader in(reply);
  jute::MultiHeader header;
  while (in.get(header) && !header.done) {
    list.emplace_back(static_cast<int>(header.type), header.err);
    EXPECT_TRUE(skip_record(header, in));
  }
  EXPECT_TRUE(in.ok());
  EXPECT_EQ(in.remaining(), 0U);
  EXPECT_EQ(static_cast<int>(header.type), -1);
  EXPECT_EQ(header.err, -1);
  return list;
}

TEST(Multi, LaterOperationsSeeEarlierOnesAndAllHaveOneZxid) {
  World world;
  ASSERT_EQ(world.act(Multi,
                      multi({{Create, create("/a")},
                             {Create, create("/a/n", "", CreateMode::PersistentSequential)},
                             {Create, create("/a/n", "", CreateMode::PersistentSequential)},
                             {SetData, set_data("/a", "x", 0)},
                             {Check, check("/a", 1)},
                             {Delete, remove("/a/n0000000000")}})),
            kOkCode);

  EXPECT_TRUE(world.has("/a/n0000000001"));
  EXPECT_FALSE(world.has("/a/n0000000000"));
  EXPECT_EQ(world.stat("/a").czxid, world.stat("/a/n0000000001").czxid);
  EXPECT_EQ(world.stat("/a").mzxid, world.stat("/a").czxid);
  EXPECT_EQ(results(world.replies.back()),
            (std::vector<std::pair<int, int>>{{1, 0}, {1, 0}, {1, 0}, {5, 0}, {13, 0}, {2, 0}}));
}

TEST(Multi, CreatesWithAStatAllAnswerAsCreate2) {
  World world({.extended_types_enabled = true, .acl_schemes = {}});
  ASSERT_EQ(world.act(Multi,
                      multi({{Create2, create("/a")},
                             {CreateContainer, create("/c", "", CreateMode::Container)},
                             {CreateTtl, create_ttl("/t", 5)}})),
            kOkCode);
  EXPECT_EQ(results(world.replies.back()),
            (std::vector<std::pair<int, int>>{{15, 0}, {15, 0}, {15, 0}}));
}

TEST(Multi, ModeDecidesTheKindOfCreateInside) {
  World world({.extended_types_enabled = true, .acl_schemes = {}});
  ASSERT_EQ(world.act(Multi,
                      multi({{Create, create("/container", "", CreateMode::Container)},
                             {CreateTtl, create_ttl("/plain", 5, CreateMode::Persistent)},
                             {CreateTtl, create_ttl("/also", -1, CreateMode::Container)}})),
            kOkCode);

  EXPECT_EQ(world.tree.view(*world.tree.find("/container")).owner, tree::kContainerOwner);
  EXPECT_EQ(world.tree.view(*world.tree.find("/plain")).owner, 0);
  EXPECT_EQ(world.tree.view(*world.tree.find("/also")).owner, tree::kContainerOwner);
  EXPECT_EQ(results(world.replies.back()),
            (std::vector<std::pair<int, int>>{{15, 0}, {1, 0}, {15, 0}}));
}

TEST(Multi, FailureIsNamedAndEverythingElseIsTakenBack) {
  World world;
  ASSERT_EQ(world.act(Create, create("/a", "old")), kOkCode);
  const std::uint64_t digest = world.tree.digest();

  const PrepareOutcome outcome = world.propose(Multi,
                                               multi({{SetData, set_data("/a", "new")},
                                                      {Create, create("/b")},
                                                      {Delete, remove("/missing")},
                                                      {Create, create("/c")},
                                                      {Check, check("/a")}}));

  EXPECT_EQ(outcome.err, kOkCode);
  EXPECT_TRUE(outcome.multi_failed);
  EXPECT_EQ(world.preparer.multi_errors(),
            (Codes{kOkCode, kOkCode, ErrorCode::NoNode, kSkipped, kSkipped}));
  EXPECT_EQ(world.tree.digest(), digest);
  world.preparer.check_invariants();
  EXPECT_EQ(world.propose(Create, create("/b")).err, kOkCode);
  EXPECT_EQ(world.propose(SetData, set_data("/a", "", 0)).err, kOkCode);
}

TEST(Multi, RepliesOfAFailureAreErrorsAll) {
  ByteBuffer bytes;
  jute::Writer writer(bytes);
  write_multi_errors({kOkCode, ErrorCode::NodeExists, kSkipped}, writer);
  EXPECT_EQ(results(bytes.view()),
            (std::vector<std::pair<int, int>>{{-1, 0}, {-1, -110}, {-1, -2}}));
}

TEST(Multi, FailureLeavesOutstandingChangesAsTheyWere) {
  World world;
  ASSERT_EQ(world.propose(Create, create("/a", "", CreateMode::Persistent, kCreatorOnly)).err,
            kOkCode);
  ASSERT_EQ(world.propose(Create, create("/a/n", "", CreateMode::PersistentSequential)).err,
            kOkCode);

  EXPECT_TRUE(world
                  .propose(Multi,
                           multi({{Create, create("/a/n", "", CreateMode::PersistentSequential)},
                                  {Delete, remove("/a/n0000000000")},
                                  {Delete, remove("/a/n0000000001")},
                                  {Delete, remove("/a")},
                                  {Create, create("/a", "", CreateMode::Ephemeral)},
                                  {Create, create("/a/b")}}))
                  .multi_failed);
  EXPECT_EQ(world.preparer.multi_errors().back(), ErrorCode::NoChildrenForEphemerals);
  world.preparer.check_invariants();

  EXPECT_EQ(world.propose(SetData, set_data("/a", ""), kBob).err, ErrorCode::NoAuth);
  EXPECT_EQ(world.propose(Delete, remove("/a")).err, ErrorCode::NotEmpty);
  ASSERT_EQ(world.propose(Create, create("/a/n", "", CreateMode::PersistentSequential)).err,
            kOkCode);
  EXPECT_EQ(world.outstanding.back().ops(0).create().path(), "/a/n0000000001");
  world.apply_all();
  world.tree.check_invariants();
}

TEST(Multi, EmptyOneIsATransactionAndAnswersAnEmptyList) {
  World world;
  ASSERT_EQ(world.act(Multi, multi({})), kOkCode);
  EXPECT_TRUE(results(world.replies.back()).empty());
  EXPECT_EQ(world.tree.last_zxid(), world.last_proposed);
}

TEST(Multi, SessionThatMayNotWriteFailsTheFirstOperation) {
  World world;
  EXPECT_TRUE(world.propose(Multi, multi({{Delete, remove("/a")}, {Check, check("/")}}), kClosing)
                  .multi_failed);
  EXPECT_EQ(world.preparer.multi_errors(), (Codes{ErrorCode::SessionExpired, kSkipped}));
}

TEST(Multi, CheckNeedsPermissionToReadAndTheVersion) {
  World world;
  ASSERT_EQ(world.act(Create, create("/a", "", CreateMode::Persistent, kCreatorOnly)), kOkCode);
  const auto code_of = [&](const std::string& record, SessionId session) {
    const PrepareOutcome outcome = world.propose(Multi, multi({{Check, record}}), session);
    return outcome.multi_failed ? world.preparer.multi_errors().front() : outcome.err;
  };

  EXPECT_EQ(code_of(check("/a", 0), kAlice), kOkCode);
  EXPECT_EQ(code_of(check("/a", -1), kAlice), kOkCode);
  EXPECT_EQ(code_of(check("/a", 1), kAlice), ErrorCode::BadVersion);
  EXPECT_EQ(code_of(check("/a", 1), kBob), ErrorCode::NoAuth);
  EXPECT_EQ(code_of(check("/no"), kBob), ErrorCode::NoNode);
  EXPECT_EQ(code_of(check("bad"), kBob), ErrorCode::BadArguments);
  EXPECT_EQ(code_of(check("/a"), kNobody), ErrorCode::UnknownSession);
}

TEST(Multi, WhatMayNotBeInsideIsMalformed) {
  World world;
  const auto err_of = [&](const std::string& payload) {
    const PrepareOutcome outcome = world.propose(Multi, payload);
    EXPECT_FALSE(outcome.multi_failed);
    EXPECT_FALSE(outcome.close_connection);
    return outcome.err;
  };
  const ErrorCode malformed = ErrorCode::MarshallingError;

  EXPECT_EQ(err_of(multi({{SetAcl, set_acl("/", kOpen)}})), malformed);
  EXPECT_EQ(err_of(multi({{GetData, watch("/")}})), malformed);
  EXPECT_EQ(err_of(multi({{Check, check("/")}, {GetChildren, watch("/")}})), malformed);
  EXPECT_EQ(err_of(multi({{Multi, multi({})}})), malformed);
  EXPECT_EQ(err_of(multi({{Sync, only_path("/")}})), malformed);
  EXPECT_EQ(err_of(multi({{DeleteContainer, only_path("/")}})), malformed);
  EXPECT_EQ(err_of(multi({{jute::Opcode{999}, ""}})), malformed);
  EXPECT_EQ(err_of(multi({{Delete, remove(View{})}})), malformed);
  EXPECT_EQ(err_of(multi({{Create, create("/a", "", CreateMode{9})}})), malformed);
  EXPECT_EQ(err_of(multi({{Create, create("/a", "", CreateMode::PersistentWithTtl)}})), malformed);
  EXPECT_EQ(err_of(multi(
                {{Create, create("/a", "", CreateMode::Persistent, AclOf{{31, {"ip", View{}}}})}})),
            malformed);
  EXPECT_EQ(err_of(""), malformed);
  EXPECT_EQ(err_of(encode(jute::MultiHeader{Check, false, -1}) + check("/")), malformed);
}

TEST(Multi, UnknownModeOfACreateTtlFailsThatOperationOnly) {
  World world;
  EXPECT_TRUE(
      world.propose(Multi, multi({{CreateTtl, create_ttl("/a", 5, CreateMode{9})}})).multi_failed);
  EXPECT_EQ(world.preparer.multi_errors(), Codes{ErrorCode::BadArguments});
  EXPECT_TRUE(world.propose(Multi, multi({{CreateTtl, create_ttl("/a", 5)}})).multi_failed);
  EXPECT_EQ(world.preparer.multi_errors(), Codes{ErrorCode::Unimplemented});
}

}  // namespace
}  // namespace paddock::request
