// SPDX-License-Identifier: Apache-2.0
#include "request/read.h"

#include <set>

#include <gtest/gtest.h>

#include "world.h"

namespace paddock::request {
namespace {

using enum jute::Opcode;
using jute::CreateMode;
using std::literals::string_view_literals::operator""sv;
using Names = std::set<std::string>;

class Read : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(world_.act(Create, create("/a", "data")), ErrorCode::Ok);
    ASSERT_EQ(world_.act(Create, create("/a/b", View{})), ErrorCode::Ok);
    ASSERT_EQ(world_.act(Create, create("/a/c", "", CreateMode::Ephemeral)), ErrorCode::Ok);
    ASSERT_EQ(world_.act(Create, create("/alice", "secret", CreateMode::Persistent, kCreatorOnly)),
              ErrorCode::Ok);
  }

  template <class Response>
  Response record() {
    Response response;
    jute::Reader reader(world_.record);
    EXPECT_TRUE(reader.get(response));
    EXPECT_EQ(reader.remaining(), 0U);
    return response;
  }

  static Names names(const jute::List<View>& list) {
    Names all;
    for (const View name : list) EXPECT_TRUE(all.insert(std::string(name)).second) << name;
    return all;
  }

  World world_;
};

TEST_F(Read, GetDataAnswersDataAndStat) {
  EXPECT_EQ(world_.read(GetData, watch("/a")).err, ErrorCode::Ok);
  const auto response = record<jute::DataResponse>();
  EXPECT_EQ(response.data, "data");
  EXPECT_EQ(response.stat, world_.stat("/a"));
  EXPECT_EQ(response.stat.num_children, 2);
}

TEST_F(Read, NullDataIsAnsweredAsNull) {
  EXPECT_EQ(world_.read(GetData, watch("/a/b")).err, ErrorCode::Ok);
  EXPECT_TRUE(is_null(record<jute::DataResponse>().data));
  EXPECT_EQ(record<jute::DataResponse>().stat.data_length, 0);
  EXPECT_EQ(world_.read(GetData, watch("/a/c")).err, ErrorCode::Ok);
  EXPECT_FALSE(is_null(record<jute::DataResponse>().data));
}

TEST_F(Read, ExistsAnswersTheStat) {
  EXPECT_EQ(world_.read(Exists, watch("/a/c")).err, ErrorCode::Ok);
  EXPECT_EQ(record<jute::StatResponse>().stat.ephemeral_owner, raw(kAlice));
}

TEST_F(Read, ChildrenComeInAnyOrderWithAndWithoutTheStat) {
  EXPECT_EQ(world_.read(GetChildren, watch("/a")).err, ErrorCode::Ok);
  EXPECT_EQ(names(record<jute::PathsResponse>().paths), (Names{"b", "c"}));
  EXPECT_EQ(world_.read(GetChildren2, watch("/a")).err, ErrorCode::Ok);
  EXPECT_EQ(names(record<jute::ChildrenStatResponse>().children), (Names{"b", "c"}));
  EXPECT_EQ(record<jute::ChildrenStatResponse>().stat, world_.stat("/a"));
  EXPECT_EQ(world_.read(GetChildren, watch("/a/b")).err, ErrorCode::Ok);
  EXPECT_TRUE(record<jute::PathsResponse>().paths.empty());
  EXPECT_FALSE(record<jute::PathsResponse>().paths.is_null());
}

TEST_F(Read, EmptyPathIsTheRoot) {
  for (const jute::Opcode opcode : {Exists, GetData, GetChildren2}) {
    EXPECT_EQ(world_.read(opcode, watch("")).err, ErrorCode::Ok);
    const std::string empty = world_.record;
    EXPECT_EQ(world_.read(opcode, watch("/")).err, ErrorCode::Ok);
    EXPECT_EQ(world_.record, empty);
  }
}

TEST_F(Read, AllChildrenAreCounted) {
  const auto count = [&](View path) {
    EXPECT_EQ(world_.read(GetAllChildrenNumber, only_path(path)).err, ErrorCode::Ok);
    return jute::Reader(world_.record).remaining() == 4
               ? load_be<std::int32_t>(world_.record.data())
               : -1;
  };
  EXPECT_EQ(count("/a"), 2);
  EXPECT_EQ(count("/a/b"), 0);
  EXPECT_EQ(count("/"), static_cast<std::int32_t>(world_.tree.counts().nodes) - 2);
  EXPECT_EQ(count(""), count("/") + 1);
}

TEST_F(Read, EphemeralsAreThoseOfTheSessionUnderThePrefix) {
  ASSERT_EQ(world_.act(Create, create("/z", "", CreateMode::Ephemeral)), ErrorCode::Ok);
  ASSERT_EQ(world_.act(Create, create("/bobs", "", CreateMode::Ephemeral), kBob), ErrorCode::Ok);
  const auto under = [&](View prefix, SessionId session) {
    EXPECT_EQ(world_.read(GetEphemerals, only_path(prefix), session).err, ErrorCode::Ok);
    return names(record<jute::PathsResponse>().paths);
  };
  const Names all{"/a/c", "/z"};
  EXPECT_EQ(under("/", kAlice), all);
  EXPECT_EQ(under("", kAlice), all);
  EXPECT_EQ(under(View{}, kAlice), all);
  EXPECT_EQ(under(" / ", kAlice), all);
  EXPECT_EQ(under("/a", kAlice), (Names{"/a/c"}));
  EXPECT_EQ(under("/a/c/d", kAlice), (Names{}));
  EXPECT_EQ(under("/", kBob), (Names{"/bobs"}));
}

TEST_F(Read, WatchesAreWantedInTheTableOfTheRequest) {
  EXPECT_EQ(world_.read(GetData, watch("/a", true)).wish, WatchWish::Data);
  EXPECT_EQ(world_.read(Exists, watch("/a", true)).wish, WatchWish::Data);
  EXPECT_EQ(world_.read(GetChildren, watch("/a", true)).wish, WatchWish::Child);
  EXPECT_EQ(world_.read(GetChildren2, watch("/a", true)).wish, WatchWish::Child);
  EXPECT_EQ(world_.read(GetChildren2, watch("/a", true)).path, "/a");
  EXPECT_EQ(world_.read(GetData, watch("/a", false)).wish, WatchWish::None);
}

TEST_F(Read, OnlyExistsWantsAWatchOnWhatIsMissing) {
  const ReadOutcome exists = world_.read(Exists, watch("/no", true));
  EXPECT_EQ(exists.err, ErrorCode::NoNode);
  EXPECT_EQ(exists.wish, WatchWish::Data);
  EXPECT_EQ(exists.path, "/no");
  for (const jute::Opcode opcode : {GetData, GetChildren, GetChildren2}) {
    EXPECT_EQ(world_.read(opcode, watch("/no", true)).err, ErrorCode::NoNode);
    EXPECT_EQ(world_.read(opcode, watch("/no", true)).wish, WatchWish::None);
  }
}

TEST_F(Read, NothingIsToldOfWhatMayNotBeRead) {
  for (const jute::Opcode opcode :
       {Exists, GetData, GetChildren, GetChildren2, GetAllChildrenNumber, GetAcl}) {
    const ReadOutcome refused = world_.read(opcode, watch("/alice", true), kBob);
    EXPECT_EQ(refused.err, ErrorCode::NoAuth) << static_cast<int>(opcode);
    EXPECT_EQ(refused.wish, WatchWish::None) << static_cast<int>(opcode);
    EXPECT_EQ(world_.record, "") << static_cast<int>(opcode);
    EXPECT_EQ(world_.read(opcode, watch("/alice", true), kAlice).err, ErrorCode::Ok);
  }
}

TEST_F(Read, SkipAclReadsEverything) {
  const std::string payload = watch("/alice");
  ByteBuffer bytes;
  jute::Writer writer(bytes);
  const ReadRequest request{
      .opcode = GetData, .payload = payload, .session = kBob, .identities = {}, .skip_acl = true};
  EXPECT_EQ(read(world_.tree, request, writer).err, ErrorCode::Ok);
}

TEST_F(Read, MalformedRequestsAndNullPathsAreRefused) {
  for (const jute::Opcode opcode : {Exists, GetData, GetChildren, GetChildren2}) {
    EXPECT_EQ(world_.read(opcode, "").err, ErrorCode::MarshallingError);
    EXPECT_EQ(world_.read(opcode, only_path("/a")).err, ErrorCode::MarshallingError);
    EXPECT_EQ(world_.read(opcode, watch(View{}, true)).err, ErrorCode::MarshallingError);
    EXPECT_EQ(world_.read(opcode, watch(View{}, true)).wish, WatchWish::None);
  }
  for (const jute::Opcode opcode : {GetAcl, GetAllChildrenNumber}) {
    EXPECT_EQ(world_.read(opcode, "").err, ErrorCode::MarshallingError);
    EXPECT_EQ(world_.read(opcode, only_path(View{})).err, ErrorCode::MarshallingError);
  }
  EXPECT_EQ(world_.read(GetEphemerals, "").err, ErrorCode::MarshallingError);
}

TEST_F(Read, OnlyExistsJudgesThePath) {
  EXPECT_EQ(world_.read(Exists, watch("/a\0"sv, true)).err, ErrorCode::BadArguments);
  EXPECT_EQ(world_.read(GetData, watch("/a\0"sv)).err, ErrorCode::NoNode);
  EXPECT_EQ(world_.read(Exists, watch("no slash")).err, ErrorCode::NoNode);
  EXPECT_EQ(world_.read(Exists, watch("/a/")).err, ErrorCode::NoNode);
  EXPECT_EQ(world_.read(GetChildren, watch("/\xff\xfe")).err, ErrorCode::NoNode);
}

TEST_F(Read, AclIsShownMaskedToThoseWhoMayOnlyRead) {
  const AclOf shared{{jute::kPermAll, {"digest", "alice:hash"}},
                     {jute::kPermRead, {"world", "anyone"}}};
  ASSERT_EQ(world_.act(SetAcl, set_acl("/alice", shared)), ErrorCode::Ok);
  const auto ids = [&](SessionId session) {
    EXPECT_EQ(world_.read(GetAcl, only_path("/alice"), session).err, ErrorCode::Ok);
    Names all;
    const auto response = record<jute::AclResponse>();
    EXPECT_EQ(response.stat.aversion, 1);
    for (const jute::Acl& acl : response.acl) all.insert(std::string(acl.id.id));
    return all;
  };
  EXPECT_EQ(ids(kAlice), (Names{"alice:hash", "anyone"}));
  EXPECT_EQ(ids(kBob), (Names{"alice:x", "anyone"}));
}

TEST_F(Read, OpenListIsShown) {
  EXPECT_EQ(world_.read(GetAcl, only_path("/a"), kBob).err, ErrorCode::Ok);
  const auto response = record<jute::AclResponse>();
  ASSERT_EQ(response.acl.size(), 1U);
  EXPECT_EQ(response.acl.begin()->perms, jute::kPermAll);
  EXPECT_EQ(response.acl.begin()->id.id, "anyone");
}

TEST_F(Read, MultiReadAnswersEachOnItsOwn) {
  EXPECT_EQ(world_
                .read(MultiRead,
                      multi({{GetData, watch("/a", true)},
                             {GetData, watch("/no")},
                             {GetChildren, watch("/a")},
                             {GetChildren, watch("/alice")}}),
                      kBob)
                .err,
            ErrorCode::Ok);

  jute::Reader in(world_.record);
  jute::MultiHeader header;
  jute::DataResponse data;
  jute::ErrorResponse error;
  jute::PathsResponse children;
  ASSERT_TRUE(in.get(header) && in.get(data));
  EXPECT_EQ(header.type, GetData);
  EXPECT_EQ(header.err, 0);
  EXPECT_EQ(data.data, "data");
  ASSERT_TRUE(in.get(header) && in.get(error));
  EXPECT_EQ(header.type, Error);
  EXPECT_EQ(header.err, -101);
  EXPECT_EQ(error.err, ErrorCode::NoNode);
  ASSERT_TRUE(in.get(header) && in.get(children));
  EXPECT_EQ(header.type, GetChildren);
  EXPECT_EQ(names(children.paths), (Names{"b", "c"}));
  ASSERT_TRUE(in.get(header) && in.get(error));
  EXPECT_EQ(error.err, ErrorCode::NoAuth);
  ASSERT_TRUE(in.get(header));
  EXPECT_TRUE(header.done);
  EXPECT_EQ(header.err, -1);
  EXPECT_EQ(in.remaining(), 0U);
}

TEST_F(Read, MultiReadWantsNoWatch) {
  EXPECT_EQ(world_.read(MultiRead, multi({{GetData, watch("/a", true)}})).wish, WatchWish::None);
}

TEST_F(Read, MultiReadOfNothingAnswersNothing) {
  EXPECT_EQ(world_.read(MultiRead, multi({})).err, ErrorCode::Ok);
  EXPECT_EQ(world_.record, encode(jute::kMultiEnd));
}

TEST_F(Read, MultiReadRefusesEverythingElse) {
  for (const std::string& payload : {multi({{GetData, watch("/a")}, {Exists, watch("/a")}}),
                                     multi({{Create, create("/x")}}),
                                     multi({{GetData, watch(View{})}}),
                                     std::string(),
                                     multi({{GetData, watch("/a")}}).substr(0, 20)}) {
    EXPECT_EQ(world_.read(MultiRead, payload).err, ErrorCode::MarshallingError);
    EXPECT_EQ(world_.record, "") << "what was answered before is taken back";
  }
}

TEST_F(Read, MultiReadThatWouldAnswerTooMuchIsRefused) {
  ASSERT_EQ(world_.act(Create, create("/big", std::string(1 << 20, 'x'))), ErrorCode::Ok);
  const std::vector<SubRequest> few(10, {GetData, watch("/big")});
  const std::vector<SubRequest> many(100, {GetData, watch("/big")});
  EXPECT_EQ(world_.read(MultiRead, multi(few)).err, ErrorCode::Ok);
  EXPECT_EQ(world_.read(MultiRead, multi(many)).err, ErrorCode::MarshallingError);
  EXPECT_EQ(world_.record, "");
}

TEST(IsRead, NamesTheRequestsThatAreAnsweredFromTheTree) {
  for (const jute::Opcode opcode : {Exists,
                                    GetData,
                                    GetAcl,
                                    GetChildren,
                                    GetChildren2,
                                    GetEphemerals,
                                    GetAllChildrenNumber,
                                    MultiRead}) {
    EXPECT_TRUE(is_read(opcode)) << static_cast<int>(opcode);
  }
  for (const jute::Opcode opcode :
       {Create, Sync, Ping, Multi, WhoAmI, AddWatch, Reconfig, Notification, jute::Opcode{999}}) {
    EXPECT_FALSE(is_read(opcode)) << static_cast<int>(opcode);
  }
}

}  // namespace
}  // namespace paddock::request
