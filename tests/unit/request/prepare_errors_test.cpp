// SPDX-License-Identifier: Apache-2.0
//
// The order in which errors are found, for every operation: each case breaks several rules at once,
// or exactly one.
#include <gtest/gtest.h>

#include "world.h"

namespace paddock::request {
namespace {

using enum jute::Opcode;
using jute::CreateMode;
using std::literals::string_view_literals::operator""sv;

struct ErrorCase {
  const char* name;
  jute::Opcode opcode;
  std::string payload;
  ErrorCode expected;
  SessionId session = kBob;
};

void PrintTo(const ErrorCase& error_case, std::ostream* out) {
  *out << error_case.name;
}

class PreparedTree : public testing::Test {
 protected:
  // Only Alice may do anything under /alice; /readonly may be read by all; /eph is an ephemeral.
  void SetUp() override {
    const CreateMode persistent = CreateMode::Persistent;
    ASSERT_EQ(world_.act(Create, create("/open")), ErrorCode::Ok);
    ASSERT_EQ(world_.act(Create, create("/open/child")), ErrorCode::Ok);
    ASSERT_EQ(world_.act(Create, create("/eph", "", CreateMode::Ephemeral)), ErrorCode::Ok);
    ASSERT_EQ(world_.act(Create, create("/alice", "", persistent, kCreatorOnly)), ErrorCode::Ok);
    ASSERT_EQ(world_.act(Create, create("/alice/child", "", persistent, kCreatorOnly)),
              ErrorCode::Ok);
    ASSERT_EQ(world_.act(Create, create("/alice/open")), ErrorCode::Ok);
    ASSERT_EQ(world_.act(Create, create("/readonly", "", persistent, kReadOnly)), ErrorCode::Ok);
    ASSERT_EQ(world_.act(Create, create("/open/private", "", persistent, kCreatorOnly)),
              ErrorCode::Ok);
  }

  World world_;
};

class PrepareErrors : public PreparedTree, public testing::WithParamInterface<ErrorCase> {};

TEST_P(PrepareErrors, FollowTheOrderOfTheChecks) {
  const std::uint64_t digest = world_.tree.digest();

  const PrepareOutcome outcome =
      world_.propose(GetParam().opcode, GetParam().payload, GetParam().session);

  EXPECT_EQ(name(outcome.err), name(GetParam().expected));
  EXPECT_FALSE(outcome.close_connection);
  EXPECT_FALSE(outcome.multi_failed);
  world_.preparer.check_invariants();
  world_.apply_all();
  EXPECT_TRUE(outcome.err == ErrorCode::Ok || world_.tree.digest() == digest);
  world_.tree.check_invariants();
}

std::string name_of(const testing::TestParamInfo<ErrorCase>& info) {
  return info.param.name;
}

const CreateMode kBadMode{7};
const AclOf kNoAcl{};
const AclOf kBadAcl{{31, {"digest", "nocolon"}}};
const AclOf kNullId{{31, {"digest", View{}}}};

std::string create_null_acl(View path) {
  return encode(jute::CreateRequest{path, kEmpty, {}, CreateMode::Persistent});
}

INSTANTIATE_TEST_SUITE_P(
    CreateRequests,
    PrepareErrors,
    testing::Values(
        ErrorCase{"Fine", Create, create("/a"), ErrorCode::Ok},
        ErrorCase{"FineAsCreate2", Create2, create("/a"), ErrorCode::Ok},
        ErrorCase{
            "Truncated", Create, create("/a").substr(0, 9), ErrorCode::MarshallingError, kClosing},
        ErrorCase{"EmptyPayload", Create, "", ErrorCode::MarshallingError},
        ErrorCase{"UnknownModeFirst",
                  Create,
                  create("bad", "", kBadMode, kBadAcl),
                  ErrorCode::BadArguments,
                  kClosing},
        ErrorCase{
            "NegativeMode", Create, create("/a", "", CreateMode{-1}), ErrorCode::BadArguments},
        ErrorCase{"TtlModeByCreate",
                  Create,
                  create("bad", "", CreateMode::PersistentWithTtl, kBadAcl),
                  ErrorCode::Unimplemented,
                  kClosing},
        ErrorCase{"ClosingSession",
                  Create,
                  create("bad", "", CreateMode::Persistent, kBadAcl),
                  ErrorCode::SessionExpired,
                  kClosing},
        ErrorCase{"UnknownSession", Create, create("bad"), ErrorCode::UnknownSession, kNobody},
        ErrorCase{"UnknownSessionEphemeral",
                  Create,
                  create("bad", "", CreateMode::Ephemeral),
                  ErrorCode::SessionExpired,
                  kNobody},
        ErrorCase{"ClosingSessionEphemeral",
                  Create,
                  create("/a", "", CreateMode::EphemeralSequential),
                  ErrorCode::SessionExpired,
                  kClosing},
        ErrorCase{"NullPath",
                  Create,
                  create(View{}, "", CreateMode::Persistent, kBadAcl),
                  ErrorCode::MarshallingError},
        ErrorCase{"NoSlashBeforeAcl",
                  Create,
                  create("bad", "", CreateMode::Persistent, kBadAcl),
                  ErrorCode::BadArguments},
        ErrorCase{"EmptyPath", Create, create(""), ErrorCode::BadArguments},
        ErrorCase{"NulBeforeAcl",
                  Create,
                  create("/a\0"sv, "", CreateMode::Persistent, kBadAcl),
                  ErrorCode::BadArguments},
        ErrorCase{"AclBeforeParent",
                  Create,
                  create("/no/a", "", CreateMode::Persistent, kBadAcl),
                  ErrorCode::InvalidAcl},
        ErrorCase{"EmptyAcl",
                  Create,
                  create("/a", "", CreateMode::Persistent, kNoAcl),
                  ErrorCode::InvalidAcl},
        ErrorCase{"NullAcl", Create, create_null_acl("/a"), ErrorCode::InvalidAcl},
        ErrorCase{"NullIdInAcl",
                  Create,
                  create("/a", "", CreateMode::Persistent, kNullId),
                  ErrorCode::MarshallingError},
        ErrorCase{"AuthWithoutIdentity",
                  Create,
                  create("/a", "", CreateMode::Persistent, kCreatorOnly),
                  ErrorCode::InvalidAcl},
        ErrorCase{
            "MissingParentBeforePermission", Create, create("/alice/no/a"), ErrorCode::NoNode},
        ErrorCase{"MissingParentBeforeBadPath", Create, create("/no/.."), ErrorCode::NoNode},
        ErrorCase{"RelativePath", Create, create("a/b"), ErrorCode::NoNode},
        ErrorCase{"PermissionBeforeBadPath", Create, create("/alice/.."), ErrorCode::NoAuth},
        ErrorCase{"PermissionBeforeExists", Create, create("/alice/child"), ErrorCode::NoAuth},
        ErrorCase{"PermissionOfTheParentCounts", Create, create("/readonly/a"), ErrorCode::NoAuth},
        ErrorCase{"BadPathUnderOpenParent", Create, create("/open/."), ErrorCode::BadArguments},
        ErrorCase{"TrailingSlash", Create, create("/open/"), ErrorCode::BadArguments},
        ErrorCase{"TrailingSlashSequential",
                  Create,
                  create("/open/", "", CreateMode::PersistentSequential),
                  ErrorCode::Ok},
        ErrorCase{"Exists", Create, create("/open/child"), ErrorCode::NodeExists},
        ErrorCase{"RootExists", Create, create("/"), ErrorCode::NodeExists},
        ErrorCase{"RootSequential",
                  Create,
                  create("/", "", CreateMode::PersistentSequential),
                  ErrorCode::Ok},
        ErrorCase{"UnderEphemeral", Create, create("/eph/a"), ErrorCode::NoChildrenForEphemerals},
        ErrorCase{"UnderZookeeper", Create, create("/zookeeper/a"), ErrorCode::Ok},
        ErrorCase{"ContainerTtlMode",
                  CreateContainer,
                  create("/a", "", CreateMode::PersistentWithTtl),
                  ErrorCode::Unimplemented},
        ErrorCase{"ContainerByAnyMode", CreateContainer, create("/a"), ErrorCode::Ok},
        ErrorCase{
            "TtlSwitchedOff", CreateTtl, create_ttl("bad", 0), ErrorCode::Unimplemented, kClosing},
        ErrorCase{"TtlWithOtherMode",
                  CreateTtl,
                  create_ttl("/a", 5, CreateMode::Persistent),
                  ErrorCode::BadArguments},
        ErrorCase{"TtlWithOtherModeNegative",
                  CreateTtl,
                  create_ttl("/a", -1, CreateMode::Persistent),
                  ErrorCode::BadArguments},
        ErrorCase{"TtlTruncated",
                  CreateTtl,
                  create("/a", "", CreateMode::PersistentWithTtl),
                  ErrorCode::MarshallingError}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    DeleteRequests,
    PrepareErrors,
    testing::Values(
        ErrorCase{"Fine", Delete, remove("/open/child"), ErrorCode::Ok},
        ErrorCase{
            "Truncated", Delete, remove("/a").substr(0, 5), ErrorCode::MarshallingError, kClosing},
        ErrorCase{"ClosingSession", Delete, remove("bad"), ErrorCode::SessionExpired, kClosing},
        ErrorCase{"UnknownSession", Delete, remove("bad"), ErrorCode::UnknownSession, kNobody},
        ErrorCase{"NullPath", Delete, remove(View{}), ErrorCode::MarshallingError},
        ErrorCase{"NoSlash", Delete, remove("bad"), ErrorCode::BadArguments},
        ErrorCase{"Empty", Delete, remove(""), ErrorCode::BadArguments},
        ErrorCase{"Nul", Delete, remove("/open/child\0"sv), ErrorCode::BadArguments},
        ErrorCase{"Root", Delete, remove("/"), ErrorCode::BadArguments},
        ErrorCase{"Zookeeper", Delete, remove("/zookeeper", 99), ErrorCode::BadArguments},
        ErrorCase{"Quota", Delete, remove("/zookeeper/quota"), ErrorCode::BadArguments},
        ErrorCase{"Config", Delete, remove("/zookeeper/config"), ErrorCode::BadArguments},
        ErrorCase{"MissingParent", Delete, remove("/no/a"), ErrorCode::NoNode},
        ErrorCase{"TrailingSlash", Delete, remove("/open/"), ErrorCode::NoNode},
        ErrorCase{"PermissionOfTheParentBeforeMissingNode",
                  Delete,
                  remove("/alice/no"),
                  ErrorCode::NoAuth},
        ErrorCase{
            "PermissionOfTheNodeDoesNotCount", Delete, remove("/open/private"), ErrorCode::Ok},
        ErrorCase{"Missing", Delete, remove("/open/no", 5), ErrorCode::NoNode},
        ErrorCase{"VersionBeforeChildren", Delete, remove("/open", 5), ErrorCode::BadVersion},
        ErrorCase{"Children", Delete, remove("/open", 0), ErrorCode::NotEmpty},
        ErrorCase{"AnyVersion", Delete, remove("/eph", -1), ErrorCode::Ok}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    SetDataRequests,
    PrepareErrors,
    testing::Values(
        ErrorCase{"Fine", SetData, set_data("/open", "x", 0), ErrorCode::Ok},
        ErrorCase{"Root", SetData, set_data("/", "x"), ErrorCode::Ok},
        ErrorCase{"Truncated",
                  SetData,
                  set_data("/open", "x").substr(0, 12),
                  ErrorCode::MarshallingError},
        ErrorCase{
            "ClosingSession", SetData, set_data("bad", "x"), ErrorCode::SessionExpired, kClosing},
        ErrorCase{"NullPath", SetData, set_data(View{}, "x"), ErrorCode::BadArguments},
        ErrorCase{"EmptyPath", SetData, set_data("", "x"), ErrorCode::BadArguments},
        ErrorCase{"BadPath", SetData, set_data("/open/", "x"), ErrorCode::BadArguments},
        ErrorCase{"Missing", SetData, set_data("/alice/no", "x", 5), ErrorCode::NoNode},
        ErrorCase{
            "PermissionBeforeVersion", SetData, set_data("/readonly", "x", 5), ErrorCode::NoAuth},
        ErrorCase{
            "PermissionOfTheNodeCounts", SetData, set_data("/alice/open", "x", 0), ErrorCode::Ok},
        ErrorCase{
            "ConfigIsReadOnly", SetData, set_data("/zookeeper/config", "x"), ErrorCode::NoAuth},
        ErrorCase{"Version", SetData, set_data("/open", "x", 1), ErrorCode::BadVersion},
        ErrorCase{
            "OtherNegativeVersion", SetData, set_data("/open", "x", -2), ErrorCode::BadVersion}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    SetAclRequests,
    PrepareErrors,
    testing::Values(
        ErrorCase{"Fine", SetAcl, set_acl("/open", kReadOnly, 0), ErrorCode::Ok},
        ErrorCase{"Truncated",
                  SetAcl,
                  set_acl("/open", kReadOnly).substr(0, 12),
                  ErrorCode::MarshallingError},
        ErrorCase{
            "ClosingSession", SetAcl, set_acl("bad", kBadAcl), ErrorCode::SessionExpired, kClosing},
        ErrorCase{"NullPath", SetAcl, set_acl(View{}, kBadAcl), ErrorCode::BadArguments},
        ErrorCase{"PathBeforeAcl", SetAcl, set_acl("/open/", kBadAcl), ErrorCode::BadArguments},
        ErrorCase{"AclBeforeMissing", SetAcl, set_acl("/no", kBadAcl), ErrorCode::InvalidAcl},
        ErrorCase{"EmptyAcl", SetAcl, set_acl("/open", kNoAcl), ErrorCode::InvalidAcl},
        ErrorCase{"Missing", SetAcl, set_acl("/no", kOpen, 5), ErrorCode::NoNode},
        ErrorCase{
            "PermissionBeforeVersion", SetAcl, set_acl("/readonly", kOpen, 5), ErrorCode::NoAuth},
        ErrorCase{"Version", SetAcl, set_acl("/open", kOpen, 1), ErrorCode::BadVersion}),
    name_of);

TEST_F(PreparedTree, VersionOfSetAclIsTheOneOfTheList) {
  ASSERT_EQ(world_.act(SetData, set_data("/open", "x")), ErrorCode::Ok);
  EXPECT_EQ(world_.act(SetAcl, set_acl("/open", kOpen, 1)), ErrorCode::BadVersion);
  EXPECT_EQ(world_.act(SetAcl, set_acl("/open", kOpen, 0)), ErrorCode::Ok);
  EXPECT_EQ(world_.act(SetAcl, set_acl("/open", kOpen, 1)), ErrorCode::Ok);
  EXPECT_EQ(world_.stat("/open").version, 1);
  EXPECT_EQ(world_.stat("/open").aversion, 2);
}

TEST_F(PreparedTree, OwnersAndSuperUsersMayWhatOthersMayNot) {
  EXPECT_EQ(world_.act(Create, create("/alice/new"), kBob), ErrorCode::NoAuth);
  EXPECT_EQ(world_.act(Create, create("/alice/new"), kAlice), ErrorCode::Ok);
  EXPECT_EQ(world_.act(SetData, set_data("/readonly", "x"), kBob), ErrorCode::NoAuth);
  world_.super_session = kBob;
  EXPECT_EQ(world_.act(SetData, set_data("/readonly", "x"), kBob), ErrorCode::Ok);
  EXPECT_EQ(world_.act(Delete, remove("/alice/new"), kBob), ErrorCode::Ok);
}

TEST(PrepareOptionsTest, SkipAclPermitsEverythingButStillChecksLists) {
  World world({.skip_acl = true, .acl_schemes = {}});
  ASSERT_EQ(world.act(Create, create("/a", "", CreateMode::Persistent, kReadOnly)), ErrorCode::Ok);
  EXPECT_EQ(world.act(SetData, set_data("/a", "x"), kBob), ErrorCode::Ok);
  EXPECT_EQ(world.act(SetAcl, set_acl("/a", kBadAcl), kBob), ErrorCode::InvalidAcl);
}

TEST(PrepareOptionsTest, TtlIsCheckedOnceExtendedTypesAreOn) {
  World world({.extended_types_enabled = true, .acl_schemes = {}});
  EXPECT_EQ(world.act(CreateTtl, create_ttl("/a", 0)), ErrorCode::BadArguments);
  EXPECT_EQ(world.act(CreateTtl, create_ttl("/a", -5)), ErrorCode::BadArguments);
  EXPECT_EQ(world.act(CreateTtl, create_ttl("/a", tree::kTtlMsMax + 1)), ErrorCode::BadArguments);
  EXPECT_EQ(world.act(Create, create("/a", "", CreateMode::PersistentWithTtl)),
            ErrorCode::BadArguments);
  EXPECT_EQ(world.act(CreateTtl, create_ttl("/a", 5, CreateMode::Ephemeral)),
            ErrorCode::BadArguments);
  EXPECT_EQ(world.act(CreateTtl, create_ttl("/a", tree::kTtlMsMax)), ErrorCode::Ok);
  EXPECT_EQ(world.stat("/a").ephemeral_owner, 0);
}

TEST(PrepareRefusals, ReconfigIsDisabledOrUnimplementedStandalone) {
  World disabled;
  World enabled({.reconfig_enabled = true, .acl_schemes = {}});
  const std::string request = encode(jute::ReconfigRequest{"server.1=a:1:2", {}, {}, -1});

  EXPECT_EQ(disabled.propose(Reconfig, request).err, ErrorCode::ReconfigDisabled);
  EXPECT_EQ(enabled.propose(Reconfig, request).err, ErrorCode::Unimplemented);
  EXPECT_FALSE(enabled.propose(Reconfig, request).close_connection);
  EXPECT_EQ(enabled.propose(Reconfig, request, kClosing).err, ErrorCode::SessionExpired);
  EXPECT_EQ(enabled.propose(Reconfig, "x").err, ErrorCode::MarshallingError);
}

TEST(PrepareRefusals, WhatClientsMayNotSendIsAnsweredAndEndsTheConnection) {
  World world;
  for (const jute::Opcode opcode : {Check,
                                    DeleteContainer,
                                    CreateSession,
                                    Notification,
                                    Error,
                                    jute::Opcode{999},
                                    jute::Opcode{10},
                                    jute::Opcode{-12}}) {
    const PrepareOutcome outcome = world.propose(opcode, check("/"));
    EXPECT_EQ(outcome.err, ErrorCode::Unimplemented) << static_cast<int>(opcode);
    EXPECT_TRUE(outcome.close_connection) << static_cast<int>(opcode);
  }
}

}  // namespace
}  // namespace paddock::request
