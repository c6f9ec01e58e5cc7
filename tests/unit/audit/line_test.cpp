// SPDX-License-Identifier: Apache-2.0
#include "audit/line.h"

#include <gtest/gtest.h>

namespace paddock::audit {
namespace {

/// 2026-11-27 19:52:37.005 UTC.
constexpr WallTime kAt{1795809157005};

Event create_event() {
  return {.at = kAt,
          .session = SessionId{0x10000abcd},
          .users = {{"ip", "127.0.0.1"}, {"digest", "alice"}},
          .ip = "127.0.0.1",
          .operation = Operation::Create,
          .znode = "/a",
          .znode_type = "persistent"};
}

std::string json_of(const Event& event) {
  std::string out;
  append_line(event, Format::Json, out);
  return out;
}

TEST(AuditLines, HaveZooKeepersFieldsInItsOrder) {
  EXPECT_EQ(to_text(create_event()),
            "session=0x10000abcd\tuser=127.0.0.1,alice\tip=127.0.0.1\toperation=create\tznode=/a\t"
            "znode_type=persistent\tresult=success");
  Event set_acl = create_event();
  set_acl.operation = Operation::SetAcl;
  set_acl.znode_type = {};
  set_acl.acl = "world:anyone:cdrwa";
  set_acl.outcome = Outcome::Failure;
  EXPECT_EQ(to_text(set_acl),
            "session=0x10000abcd\tuser=127.0.0.1,alice\tip=127.0.0.1\toperation=setAcl\tznode=/a\t"
            "acl=world:anyone:cdrwa\tresult=failure");
  EXPECT_EQ(to_text({.users = {{"os", "root"}},
                     .operation = Operation::ServerStop,
                     .outcome = Outcome::Invoked}),
            "user=root\toperation=serverStop\tresult=invoked");
}

TEST(AuditLines, BeginAsZooKeepersLogbackPatternMakesThem) {
  std::string out;
  append_line(create_event(), Format::Text, out);
  Event failed = create_event();
  failed.outcome = Outcome::Failure;
  append_line(failed, Format::Text, out);
  EXPECT_EQ(out,
            "2026-11-27 19:52:37,005 INFO audit.Slf4jAuditLogger: " + to_text(create_event()) +
                "\n2026-11-27 19:52:37,005 ERROR audit.Slf4jAuditLogger: " + to_text(failed) +
                "\n");
}

TEST(AuditLines, AreJsonThatNamesTheSchemeOfEachUser) {
  EXPECT_EQ(json_of(create_event()),
            R"({"time":"2026-11-27T19:52:37.005Z","session":"0x10000abcd","users":[)"
            R"({"scheme":"ip","name":"127.0.0.1"},{"scheme":"digest","name":"alice"}],)"
            R"("ip":"127.0.0.1","operation":"create","znode":"/a","znode_type":"persistent",)"
            R"("result":"success"})"
            "\n");
}

TEST(AuditLines, CannotBeForgedByWhatClientsSend) {
  Event event = create_event();
  event.users = {{"digest", "eve\tresult=success\nuser=root"}, {"digest", "eve,admin"}};
  event.znode = "/a\r\n\"\xff\tresult=success";
  event.outcome = Outcome::Failure;
  EXPECT_EQ(to_text(event),
            "session=0x10000abcd\tuser=eve\\x09result=success\\x0auser=root,eve\\x2cadmin\t"
            "ip=127.0.0.1\toperation=create\tznode=/a\\x0d\\x0a\"\\xff\\x09result=success\t"
            "znode_type=persistent\tresult=failure");
  const std::string json = json_of(event);
  EXPECT_NE(json.find(R"("znode":"/a\r\n\"\ufffd\tresult=success")"), std::string::npos) << json;
  EXPECT_EQ(json.find('\n'), json.size() - 1);
}

TEST(AuditLines, KeepTheCommasOfASubject) {
  Event event = create_event();
  event.users = {{"x509", "CN=alice,O=Example"}};
  EXPECT_NE(to_text(event).find("\tuser=CN=alice,O=Example\t"), std::string::npos);
}

}  // namespace
}  // namespace paddock::audit
