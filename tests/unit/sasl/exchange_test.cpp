// SPDX-License-Identifier: Apache-2.0
//
// DIGEST-MD5 over the real library. GSSAPI needs a Kerberos server: tests/e2e/cases/kerberos.py.
#include "sasl/exchange.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "digest_client/digest_client.h"
#include "sasl/server.h"

namespace paddock::sasl {
namespace {

using testing::HasSubstr;
using testing::Not;
using Outcome = auth::SaslStep::Outcome;

constexpr const char* kUsers =
    "Server { org.apache.zookeeper.server.auth.DigestLoginModule required user_alice=\"a-secret\" "
    "user_bob=\"b-secret\" \"user_carol@R\"=\"c-secret\" \"user_dave \"=\"d-secret\"; };";

std::unique_ptr<Server> open() {
  config::AuthConfig config;
  config.fips_mode = false;
  auto server = Server::open(config, *parse_jaas("jaas.conf", kUsers));
  EXPECT_TRUE(server) << server.error().message;
  return std::move(*server);
}

/// What the second step comes to.
auth::SaslStep authenticate(const Server& server, const DigestClient& client) {
  const auto exchange = server.begin();
  const auth::SaslStep challenge = exchange->step(View{"", 0});
  EXPECT_EQ(challenge.outcome, Outcome::Continue) << challenge.reason;
  return exchange->step(client.answer(challenge.token));
}

TEST(DigestExchange, TellsWhoTheClientIs) {
  const auto server = open();
  const auto exchange = server->begin();
  const auth::SaslStep challenge = exchange->step(View{"", 0});
  ASSERT_EQ(challenge.outcome, Outcome::Continue);
  // As Java's server says it: no layer is offered.
  EXPECT_THAT(challenge.token,
              AllOf(HasSubstr("realm=\"zk-sasl-md5\""),
                    HasSubstr("qop=\"auth\""),
                    HasSubstr("charset=utf-8"),
                    HasSubstr("algorithm=md5-sess")));
  const auth::SaslStep last =
      exchange->step(DigestClient{"alice", "a-secret"}.answer(challenge.token));
  EXPECT_EQ(last.outcome, Outcome::Done) << last.reason;
  EXPECT_EQ(last.id, "alice");
  EXPECT_TRUE(last.has_token);
  EXPECT_THAT(last.token, testing::StartsWith("rspauth="));
}

/// As Java's server.
TEST(DigestExchange, BeginsWhateverTheFirstTokenIs) {
  const auto server = open();
  const auto exchange = server->begin();
  const auth::SaslStep challenge = exchange->step("username=\"alice\",response=x");
  ASSERT_EQ(challenge.outcome, Outcome::Continue);
  EXPECT_EQ(exchange->step(DigestClient{"alice", "a-secret"}.answer(challenge.token)).id, "alice");
}

TEST(DigestExchange, IsOverOnce) {
  const auto server = open();
  const auto exchange = server->begin();
  const std::string challenge = exchange->step(View{"", 0}).token;
  const std::string answer = DigestClient{"alice", "a-secret"}.answer(challenge);
  ASSERT_EQ(exchange->step(answer).outcome, Outcome::Done);
  EXPECT_EQ(exchange->step(answer).outcome, Outcome::Failed);
  EXPECT_EQ(exchange->step(View{"", 0}).outcome, Outcome::Failed);
}

TEST(DigestExchange, WrongPasswordsUsersAndRealmsFail) {
  const auto server = open();
  for (const DigestClient& client :
       {DigestClient{"alice", "b-secret"},
        DigestClient{"alice", ""},
        DigestClient{"mallory", "a-secret"},
        DigestClient{"", "a-secret"},
        DigestClient{"Alice", "a-secret"},
        DigestClient{" alice", "a-secret"},
        DigestClient{"dave ", "d-secret"},
        DigestClient{"alice", "a-secret", "other"},
        DigestClient{.user = "alice", .password = "a-secret", .uri = "imap/zk-sasl-md5"},
        DigestClient{.user = "alice", .password = "a-secret", .count = "00000002"},
        DigestClient{.user = "alice", .password = "a-secret", .qop = "auth-int"}}) {
    const auth::SaslStep last = authenticate(*server, client);
    EXPECT_EQ(last.outcome, Outcome::Failed) << client.user << " " << client.realm;
    EXPECT_FALSE(last.has_token);
    EXPECT_EQ(last.id, "");
    EXPECT_NE(last.reason, "");
    EXPECT_THAT(last.reason, Not(HasSubstr("secret\"")));
  }
}

TEST(DigestExchange, NobodyMayBeSomebodyElse) {
  const auto server = open();
  EXPECT_EQ(authenticate(*server, {.user = "alice", .password = "a-secret", .authzid = "alice"}).id,
            "alice");
  for (const char* other : {"bob", "ALICE", "alice@R", "super", "mallory"}) {
    const auth::SaslStep last =
        authenticate(*server, {.user = "alice", .password = "a-secret", .authzid = other});
    EXPECT_EQ(last.outcome, Outcome::Failed) << other;
    EXPECT_EQ(last.id, "");
  }
}

/// ZOOKEEPER-4839: with one handler for all connections, a client got the name of another.
TEST(DigestExchange, Zookeeper4839SharesNothingWithAnother) {
  const auto server = open();
  const auto of_alice = server->begin();
  const auto of_bob = server->begin();
  const auto of_mallory = server->begin();
  const std::string to_alice = of_alice->step(View{"", 0}).token;
  const std::string to_bob = of_bob->step(View{"", 0}).token;
  const std::string to_mallory = of_mallory->step(View{"", 0}).token;
  EXPECT_NE(to_alice, to_bob);
  EXPECT_EQ(of_bob->step(DigestClient{"bob", "b-secret"}.answer(to_bob)).id, "bob");
  // Another's nonce, and another's answer.
  EXPECT_EQ(of_mallory->step(DigestClient{"bob", "b-secret"}.answer(to_bob)).outcome,
            Outcome::Failed);
  EXPECT_EQ(of_alice->step(DigestClient{"alice", "a-secret"}.answer(to_alice)).id, "alice");
}

TEST(DigestExchange, GarbageFails) {
  const auto server = open();
  for (const std::string& token : {std::string("garbage"),
                                   std::string("\0\0\0", 3),
                                   std::string("username=\"alice\""),
                                   std::string("username=\"alice"),
                                   // The beginning of a ticket: GSSAPI, which is not spoken here.
                                   std::string("\x60\x82\x02\x4e\x06\x09\x2a", 7),
                                   std::string(5000, 'x'),
                                   std::string(100'000, ','),
                                   std::string()}) {
    const auto exchange = server->begin();
    ASSERT_EQ(exchange->step(View{"", 0}).outcome, Outcome::Continue);
    EXPECT_EQ(exchange->step(token).outcome, Outcome::Failed) << token.substr(0, 20);
  }
}

/// Names with a realm go through the rules, as those of Kerberos do.
TEST(DigestExchange, NamesGoThroughTheRules) {
  config::AuthConfig config;
  config.fips_mode = false;
  config.kerberos.auth_to_local = "RULE:[1:$1](carol)s/carol/caroline/";
  config.kerberos.remove_realm = true;
  const auto server = Server::open(config, *parse_jaas("jaas.conf", kUsers));
  ASSERT_TRUE(server) << server.error().message;
  EXPECT_EQ(authenticate(**server, {"carol@R", "c-secret"}).id, "caroline");
  EXPECT_EQ(authenticate(**server, {"bob", "b-secret"}).id, "bob");
}

TEST(SaslServer, SaysWhatIsMissing) {
  const auto error_of = [](const config::AuthConfig& config, const char* text) {
    const auto server = Server::open(config, *parse_jaas("jaas.conf", text));
    return server ? "no error" : server.error().message;
  };
  config::AuthConfig config;
  EXPECT_THAT(error_of(config, kUsers), HasSubstr("fips-mode=true forbids"));
  config.fips_mode = false;
  config.sasl_section = "Other";
  EXPECT_THAT(error_of(config, kUsers), HasSubstr("jaas.conf has no section Other"));
  config.sasl_section = "Server";
  config.kerberos.auth_to_local = "RULE";
  EXPECT_THAT(error_of(config, kUsers),
              HasSubstr("security.auth_to_local: the rule 'RULE' is none"));
  config.kerberos.auth_to_local = "DEFAULT";
  EXPECT_THAT(error_of(config,
                       "Server { com.sun.security.auth.module.Krb5LoginModule required "
                       "useKeyTab=true keyTab=\"/none/x.keytab\" principal=\"zookeeper/h@R\"; };"),
              HasSubstr("the key table /none/x.keytab gives no key of zookeeper/h@R: "));
}

TEST(SaslServer, OldExchangesOutliveIt) {
  auto server = open();
  const auto exchange = server->begin();
  const std::string challenge = exchange->step(View{"", 0}).token;
  server.reset();
  EXPECT_EQ(exchange->step(DigestClient{"bob", "b-secret"}.answer(challenge)).id, "bob");
}

}  // namespace
}  // namespace paddock::sasl
