// SPDX-License-Identifier: Apache-2.0
//
// The calls of the admin API, and their messages as JSON and as queries.
#include "admin/schema.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "admin/admin.pb.h"
#include "admin/member_answer.h"
#include "admin/message_text.h"
#include "report_fixture.h"

namespace paddock::admin {
namespace {

using testing::HasSubstr;

TEST(AdminSchema, EveryCallHasAPathAMethodAndAClass) {
  std::set<std::string> seen;
  for (const Call& call : calls()) {
    EXPECT_TRUE(call.path.starts_with("/admin/")) << call.name;
    EXPECT_TRUE(call.method == "GET" || call.method == "POST") << call.name;
    EXPECT_EQ(call.access == Access::Change, call.method == "POST") << call.name;
    EXPECT_TRUE(seen.insert(call.method + " " + call.path).second) << call.path;
    EXPECT_EQ(new_request(call)->GetDescriptor(), call.request);
  }
  EXPECT_EQ(calls_at("/admin/log-level").size(), 2U);
  EXPECT_TRUE(calls_at("/admin/nothing").empty());
}

TEST(AdminMessages, NumbersAreNumbersAndTheUnknownIsNull) {
  pb::BarrierAnswer barrier;
  barrier.set_zxid("0x5");
  EXPECT_EQ(to_json(barrier),
            "{\n  \"zxid\" : \"0x5\",\n  \"committed_configuration\" : null,\n"
            "  \"activated_configuration\" : null\n}");
  pb::Limit limit;
  limit.set_bytes_per_second(std::int64_t{1} << 40U);
  EXPECT_THAT(to_json(limit), HasSubstr("\"bytes_per_second\" : 1099511627776,"));
}

TEST(AdminMessages, BytesAreBase64AndTextOfClientsIsEscaped) {
  pb::NodeAnswer node;
  node.set_path("/a\"\n");
  node.set_data(std::string("\0\xff", 2));
  EXPECT_THAT(to_json(node), HasSubstr("\"path\" : \"/a\\\"\\n\""));
  EXPECT_THAT(to_json(node), HasSubstr("\"data\" : \"AP8=\""));
}

TEST(AdminMessages, WhatIsWrittenIsReadBack) {
  pb::CreateNodeRequest request;
  request.set_path("/a");
  request.set_data(std::string("\0\x01", 2));
  pb::AclEntry& entry = *request.add_acl();
  entry.set_perms("cdrwa");
  entry.set_scheme("world");
  entry.set_id("anyone");
  pb::CreateNodeRequest again;
  ASSERT_TRUE(from_json(to_json(request), again));
  EXPECT_EQ(again.SerializeAsString(), request.SerializeAsString());
}

TEST(AdminMessages, WrongJsonSaysWhatIsWrong) {
  pb::DrainRequest request;
  EXPECT_THAT(from_json("{\"second\":1}", request).error().message, HasSubstr("second"));
  EXPECT_FALSE(from_json("{\"seconds\":\"soon\"}", request));
  EXPECT_FALSE(from_json("{\"seconds\":-1}", request));
  EXPECT_FALSE(from_json("[]", request));
  EXPECT_FALSE(from_json("{", request));
}

TEST(AdminMessages, AQueryFillsSimpleFieldsAndLists) {
  pb::ReconfigRequest request;
  ASSERT_TRUE(from_query({{"leaving", "2,3"}, {"from_version", "1f"}}, request));
  EXPECT_EQ(request.leaving_size(), 2);
  EXPECT_EQ(request.leaving(1), 3U);
  EXPECT_EQ(request.from_version(), "1f");
  pb::DrainRequest drain;
  ASSERT_TRUE(from_query({{"cancel", "true"}}, drain));
  EXPECT_TRUE(drain.cancel());
  EXPECT_FALSE(from_query({{"cancel", "yes"}}, drain));
  EXPECT_EQ(from_query({{"x", "1"}}, drain).error().message, "x is not known here");
  pb::CreateNodeRequest create;
  EXPECT_FALSE(from_query({{"acl", "world"}}, create));
}

TEST(MemberAnswer, OfALeaderSaysWhoFollows) {
  const pb::MemberAnswer answer = member_answer(leader_report());
  EXPECT_EQ(answer.role(), "leader");
  EXPECT_EQ(answer.id(), 1U);
  EXPECT_EQ(answer.leader(), 1U);
  EXPECT_EQ(answer.members().size(), 4U);
  EXPECT_EQ(answer.members().at("4").learner_type(), "observer");
  ASSERT_EQ(answer.followers_size(), 3);
  EXPECT_TRUE(answer.followers(0).in_step());
  EXPECT_FALSE(answer.has_feeder());
  EXPECT_EQ(answer.last_zxid(), "0x100000005");
}

TEST(MemberAnswer, OfALoneServerHasNoEnsemble) {
  const pb::MemberAnswer answer = member_answer(full_report());
  EXPECT_EQ(answer.role(), "standalone");
  EXPECT_FALSE(answer.has_id());
  EXPECT_FALSE(answer.has_committed_configuration());
  EXPECT_THAT(to_json(answer), HasSubstr("\"leader\" : null"));
}

}  // namespace
}  // namespace paddock::admin
