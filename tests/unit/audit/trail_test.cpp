// SPDX-License-Identifier: Apache-2.0
#include "audit/trail.h"

#include <gtest/gtest.h>

#include "audit/line.h"
#include "jute/writer.h"

namespace paddock::audit {
namespace {

using jute::Opcode;

constexpr ConnectionId kConnection{1};
constexpr WallTime kAt{5000};

template <class... Records>
std::string encoded(const Records&... records) {
  ByteBuffer out;
  jute::Writer writer(out);
  (writer.put(records), ...);
  return std::string(out.view());
}

const auth::IdentitySet& alice() {
  static const auth::IdentitySet identities = [] {
    auth::IdentitySet set;
    set.add("ip", "127.0.0.1");
    set.add("digest", "alice:c2VjcmV0");
    set.add("super", "");
    return set;
  }();
  return identities;
}

/// What is told of one request and its answer, without the fields that say who asked.
std::vector<std::string> told(Opcode opcode,
                              const std::string& request,
                              ErrorCode err,
                              View reply) {
  Trail trail;
  trail.on_request(kConnection, {.ip = "127.0.0.1"}, opcode, 1, request);
  trail.on_reply(kConnection, 1, err, reply, kAt);
  EXPECT_EQ(trail.connections(), 0U);
  std::vector<std::string> lines;
  for (const Event& event : trail.told()) {
    lines.push_back(to_text(event).substr(std::string("ip=127.0.0.1\toperation=").size()));
  }
  return lines;
}

using Lines = std::vector<std::string>;

std::string create_request(View path, jute::CreateMode mode) {
  return encoded(jute::CreateRequest{.path = path, .data = "x", .acl = {}, .flags = mode});
}

TEST(AuditTrail, TellsWhoAskedOfWhichSession) {
  Trail trail;
  const Client client{SessionId{0x10}, alice().view(), "127.0.0.1"};
  trail.on_request(kConnection,
                   client,
                   Opcode::Delete,
                   1,
                   encoded(jute::PathVersionRequest{.path = "/a", .version = -1}));
  EXPECT_TRUE(trail.told().empty());
  trail.on_reply(kConnection, 1, ErrorCode::Ok, kEmpty, kAt);
  ASSERT_EQ(trail.told().size(), 1U);
  EXPECT_EQ(trail.told()[0].at, kAt);
  EXPECT_EQ(to_text(trail.told()[0]),
            "session=0x10\tuser=127.0.0.1,alice\tip=127.0.0.1\toperation=delete\tznode=/a\t"
            "result=success");
}

TEST(AuditTrail, TellsTheNameThatASequentialNodeGot) {
  EXPECT_EQ(
      told(Opcode::Create2,
           create_request("/s-", jute::CreateMode::PersistentSequential),
           ErrorCode::Ok,
           encoded(jute::PathStatResponse{.path = "/s-0000000003", .stat = {}})),
      (Lines{"create\tznode=/s-0000000003\tznode_type=persistent_sequential\tresult=success"}));
}

TEST(AuditTrail, TellsRefusalsWithWhatWasAskedFor) {
  EXPECT_EQ(told(Opcode::Create,
                 create_request("/s-", jute::CreateMode::EphemeralSequential),
                 ErrorCode::NoNode,
                 kEmpty),
            (Lines{"create\tznode=/s-\tznode_type=ephemeral_sequential\tresult=failure"}));
  EXPECT_EQ(told(Opcode::SetData,
                 encoded(jute::SetDataRequest{.path = "/a", .data = "secret"}),
                 ErrorCode::NoAuth,
                 kEmpty),
            (Lines{"setData\tznode=/a\tresult=failure"}));
  EXPECT_EQ(told(Opcode::Create, "malformed", ErrorCode::MarshallingError, kEmpty),
            (Lines{"create\tresult=failure"}));
}

TEST(AuditTrail, TellsListsWithoutHashes) {
  jute::ListBuilder<jute::Acl> acl;
  acl.add({jute::kPermAll, {"world", "anyone"}});
  acl.add({jute::kPermRead | jute::kPermWrite, {"digest", "bob:aGFzaA=="}});
  const std::string request = encoded(jute::SetAclRequest{.path = "/a", .acl = acl.view()});
  EXPECT_EQ(told(Opcode::SetAcl, request, ErrorCode::Ok, encoded(jute::StatResponse{})),
            (Lines{"setAcl\tznode=/a\tacl=world:anyone:cdrwadigest:bob:x:rw\tresult=success"}));
}

TEST(AuditTrail, TellsOfReconfigurations) {
  EXPECT_EQ(told(Opcode::Reconfig, encoded(jute::ReconfigRequest{}), ErrorCode::Ok, kEmpty),
            (Lines{"reconfig\tznode=/zookeeper/config\tresult=success"}));
  EXPECT_EQ(told(Opcode::Reconfig, encoded(jute::ReconfigRequest{}), ErrorCode::NoAuth, kEmpty),
            (Lines{"reconfig\tresult=failure"}));
}

TEST(AuditTrail, IsSilentAboutWhatChangesNothing) {
  for (const Opcode opcode : {Opcode::Sync, Opcode::CloseSession}) {
    EXPECT_EQ(told(opcode, encoded(jute::PathRequest{"/a"}), ErrorCode::Ok, kEmpty), Lines{});
  }
}

std::string multi_request() {
  const auto header = [](Opcode type) {
    return encoded(jute::MultiHeader{type, false, -1});
  };
  return header(Opcode::Create) + create_request("/a", jute::CreateMode::Persistent) +
         header(Opcode::Check) + encoded(jute::PathVersionRequest{.path = "/c"}) +
         header(Opcode::Create2) + create_request("/s-", jute::CreateMode::EphemeralSequential) +
         header(Opcode::SetData) + encoded(jute::SetDataRequest{.path = "/d", .data = "y"}) +
         header(Opcode::Delete) + encoded(jute::PathVersionRequest{.path = "/e"}) +
         encoded(jute::kMultiEnd);
}

TEST(AuditTrail, TellsEachChangeOfAMulti) {
  const auto header = [](Opcode type) {
    return encoded(jute::MultiHeader{type, false, 0});
  };
  const std::string reply = header(Opcode::Create) + encoded(jute::PathResponse{"/a"}) +
                            header(Opcode::Check) + header(Opcode::Create2) +
                            encoded(jute::PathStatResponse{.path = "/s-0000000001", .stat = {}}) +
                            header(Opcode::SetData) + encoded(jute::StatResponse{}) +
                            header(Opcode::Delete) + encoded(jute::kMultiEnd);
  EXPECT_EQ(told(Opcode::Multi, multi_request(), ErrorCode::Ok, reply),
            (Lines{"create\tznode=/a\tznode_type=persistent\tresult=success",
                   "create\tznode=/s-0000000001\tresult=success",
                   "setData\tznode=/d\tresult=success",
                   "delete\tznode=/e\tresult=success"}));
}

TEST(AuditTrail, TellsOfAMultiThatFailedOnlyThat) {
  std::string reply;
  for (int i = 0; i < 5; ++i) {
    reply += encoded(jute::MultiHeader{Opcode::Error, false, -101},
                     jute::ErrorResponse{ErrorCode::NoNode});
  }
  const Lines failed{"multiOperation\tresult=failure"};
  EXPECT_EQ(told(Opcode::Multi, multi_request(), ErrorCode::Ok, reply), failed);
  EXPECT_EQ(told(Opcode::Multi, multi_request(), ErrorCode::ConnectionLoss, kEmpty), failed);
  EXPECT_EQ(told(Opcode::Multi, "malformed", ErrorCode::MarshallingError, kEmpty), failed);
}

std::string delete_request(View path) {
  return encoded(jute::PathVersionRequest{.path = path});
}

TEST(AuditTrail, TellsWhatIsAnsweredAfterTheClientHasGone) {
  Trail trail;
  trail.on_request(kConnection, {.ip = "127.0.0.1"}, Opcode::Delete, 1, delete_request("/a"));
  trail.on_closed(kConnection);
  trail.on_tick({{seconds(10)}, kAt});
  EXPECT_TRUE(trail.told().empty());
  trail.on_reply(kConnection, 1, ErrorCode::Ok, kEmpty, kAt);
  ASSERT_EQ(trail.told().size(), 1U);
  EXPECT_EQ(trail.told()[0].outcome, Outcome::Success);
}

TEST(AuditTrail, TellsWhatIsNeverAnsweredAsBegun) {
  Trail trail;
  for (const std::int32_t xid : {1, 2, 3}) {
    trail.on_request(kConnection,
                     {.ip = "127.0.0.1"},
                     Opcode::Delete,
                     xid,
                     delete_request("/" + std::to_string(xid)));
  }
  trail.on_reply(kConnection, 2, ErrorCode::NoNode, kEmpty, kAt);
  trail.on_closed(kConnection);
  trail.on_tick({{seconds(10)}, kAt});
  trail.on_tick({{seconds(69)}, kAt});
  ASSERT_EQ(trail.told().size(), 2U);
  trail.on_tick({{seconds(70)}, kAt});
  Lines seen;
  for (const Event& event : trail.told()) {
    const std::string text = to_text(event);
    seen.push_back(text.substr(text.find("znode")));
  }
  EXPECT_EQ(
      seen,
      (Lines{"znode=/1\tresult=invoked", "znode=/2\tresult=failure", "znode=/3\tresult=invoked"}));
  EXPECT_EQ(trail.connections(), 0U);
}

TEST(AuditTrail, NamesOfACredentialOnlyWhoeverItIsFor) {
  EXPECT_EQ(users_claimed("digest", "bob:secret"), (std::vector<User>{{"digest", "bob"}}));
  for (const View credential : {View("secret"), View(":secret"), View()}) {
    EXPECT_TRUE(users_claimed("digest", credential).empty());
  }
  EXPECT_TRUE(users_claimed("unknown", "user:secret").empty());
}

}  // namespace
}  // namespace paddock::audit
