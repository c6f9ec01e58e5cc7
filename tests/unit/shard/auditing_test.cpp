// SPDX-License-Identifier: Apache-2.0
//
// What a shard tells the audit log, and when.
#include <gtest/gtest.h>

#include "audit/line.h"
#include "harness.h"

namespace paddock::shard {
namespace {

using jute::Opcode;
using Lines = std::vector<std::string>;

struct Audited : Harness {
  Audited() : Harness({.audit = true}) {}

  /// Without the session.
  Lines take_told() {
    Lines lines;
    for (const audit::Event& event : std::exchange(effects.audit, {})) {
      EXPECT_GE(event.at.ms, 1'000'000);
      const std::string text = audit::to_text(event);
      lines.push_back(text.starts_with("session=") ? text.substr(text.find('\t') + 1) : text);
    }
    return lines;
  }
};

TEST(ShardAuditing, TellsAWriteWhenItIsAnswered) {
  Audited harness;
  const ConnectionId id = harness.connect();
  harness.send(id, create(1, "/a", "x") + set_data(2, "/b", "x") + exists(3, "/a"));
  EXPECT_EQ(harness.take_told(), Lines{});
  harness.run_core();
  const std::string who = "user=127.0.0.1\tip=127.0.0.1\t";
  EXPECT_EQ(harness.take_told(),
            (Lines{who + "operation=create\tznode=/a\tznode_type=persistent\tresult=success",
                   who + "operation=setData\tznode=/b\tresult=failure"}));
}

TEST(ShardAuditing, TellsAWriteOfAClientThatHasGone) {
  Audited harness;
  const ConnectionId id = harness.connect();
  harness.send(id, create(1, "/a", "x"));
  harness.disconnect(id);
  harness.run_core();
  const Lines told = harness.take_told();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_NE(told[0].find("znode=/a\tznode_type=persistent\tresult=success"), std::string::npos);
}

TEST(ShardAuditing, TellsWhoAuthenticatesAndNeverByWhat) {
  Audited harness;
  const ConnectionId id = harness.connect();
  const auto auth = [](View scheme, View credential) {
    return request(-4, Opcode::Auth, encoded(jute::AuthPacket{0, scheme, credential}));
  };
  harness.send(id, auth("digest", "bob:secret"));
  EXPECT_EQ(harness.take_told(),
            (Lines{"user=bob\tip=127.0.0.1\toperation=authenticate\tscheme=digest\t"
                   "result=success"}));
  harness.send(id, auth("magic", "bob:secret"));
  EXPECT_EQ(harness.take_told(),
            (Lines{"ip=127.0.0.1\toperation=authenticate\tscheme=magic\tresult=failure"}));
}

TEST(ShardAuditing, TellsCertificatesAndFailedHandshakes) {
  Audited harness;
  const ConnectionId id = harness.accept();
  harness.shard.on_certificate(id, "CN=bob", {}, harness.now.wall);
  harness.shard.note_failed_handshake(harness.accept(), harness.now.wall);
  harness.shard.on_tick(harness.now, harness.effects);
  EXPECT_EQ(harness.take_told(),
            (Lines{"user=CN=bob\tip=127.0.0.1\toperation=authenticate\tscheme=x509\t"
                   "result=success",
                   "ip=127.0.0.1\toperation=authenticate\tscheme=x509\tresult=failure"}));
}

TEST(ShardAuditing, IsSilentUnlessAskedTo) {
  Harness harness;
  const ConnectionId id = harness.connect();
  harness.send(id, create(1, "/a", "x"));
  harness.run_core();
  EXPECT_TRUE(harness.effects.audit.empty());
}

}  // namespace
}  // namespace paddock::shard
