// SPDX-License-Identifier: Apache-2.0
#include "auth/authenticator.h"

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "jwt/verifier.h"
#include "tokens/signer.h"

namespace paddock::auth {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs pairs_of(const IdentitySet& set) {
  Pairs pairs;
  for (const jute::Id& id : set.view()) pairs.emplace_back(id.scheme, id.id);
  return pairs;
}

TEST(DigestId, HasTheGoldenValues) {
  EXPECT_EQ(digest_id("user:pass", "SHA1"), "user:smGaoVKd/cQkjm7b88GyorAUz20=");
  EXPECT_EQ(digest_id("super:admin", "SHA1"), "super:xQJmxLMiHGwaqBvst5y6rkB6HQs=");
}

TEST(DigestId, KnowsJavasNamesOfHashes) {
  EXPECT_EQ(digest_id("user:pass", "SHA"), digest_id("user:pass", "SHA1"));
  EXPECT_EQ(digest_id("user:pass", "SHA-1"), digest_id("user:pass", "SHA1"));
  EXPECT_EQ(digest_id("user:pass", "SHA-256"), "user:70yRTFkWmLJo2zxkFj6v2nIJpjDyNuvw7r8EVGDfcjo=");
  EXPECT_EQ(digest_id("user:pass", "SHA-512"),
            "user:byB8hNs+LzOYofjeMGiIfR/jKrcms8i5ls17owJgMPc/"
            "97CxZ1nTVHmKawnszYHC8bu9VMh6GIu6lFZ1BXBL3Q==");
  EXPECT_EQ(digest_id("user:pass", "SHA3-256"),
            "user:MKfo05p7nYw1Yb/bzA4GEyZLUt02iFpxN0ASiDBnsjw=");
  EXPECT_TRUE(is_digest_algorithm("SHA3-512"));
  EXPECT_FALSE(is_digest_algorithm("rot13"));
  EXPECT_EQ(digest_id("user:pass", "rot13"), "");
}

TEST(DigestId, UserEndsAtTheFirstColon) {
  EXPECT_EQ(digest_id("a:b:c", "SHA1").substr(0, 2), "a:");
  EXPECT_EQ(digest_id("nobody", "SHA1").substr(0, 7), "nobody:");
  EXPECT_EQ(digest_id("", "SHA1"), ":2jmj7l5rSw0yVb/vlWAYkK/YBwk=");
}

TEST(Authenticator, DigestAddsTheIdentityOnce) {
  const Authenticator authenticator({});
  IdentitySet identities;

  EXPECT_EQ(authenticator.authenticate("digest", "user:pass", WallTime{}, identities),
            ErrorCode::Ok);
  EXPECT_EQ(authenticator.authenticate("digest", "user:pass", WallTime{}, identities),
            ErrorCode::Ok);

  EXPECT_EQ(pairs_of(identities), (Pairs{{"digest", "user:smGaoVKd/cQkjm7b88GyorAUz20="}}));
}

TEST(Authenticator, SuperDigestMakesASuperUser) {
  const Authenticator authenticator({.super_digest = "super:xQJmxLMiHGwaqBvst5y6rkB6HQs="});
  IdentitySet wrong;
  IdentitySet right;

  EXPECT_EQ(authenticator.authenticate("digest", "super:guess", WallTime{}, wrong), ErrorCode::Ok);
  EXPECT_EQ(authenticator.authenticate("digest", "super:admin", WallTime{}, right), ErrorCode::Ok);

  EXPECT_EQ(pairs_of(wrong).front().first, "digest");
  EXPECT_EQ(pairs_of(right),
            (Pairs{{"super", ""}, {"digest", "super:xQJmxLMiHGwaqBvst5y6rkB6HQs="}}));
}

TEST(Authenticator, IpIsAcceptedAndAddsNothing) {
  IdentitySet identities;
  EXPECT_EQ(Authenticator({}).authenticate("ip", "10.0.0.1", WallTime{}, identities),
            ErrorCode::Ok);
  EXPECT_TRUE(pairs_of(identities).empty());
}

TEST(Authenticator, CertificatesAreIdentities) {
  const Authenticator authenticator({.super_digest = "", .x509_super_user = "CN=admin"});
  IdentitySet alice;
  IdentitySet admin;
  authenticator.add_certificate("CN=alice", std::array{std::string("DNS:a.example")}, alice);
  authenticator.add_certificate("CN=admin", {}, admin);
  EXPECT_EQ(pairs_of(alice), (Pairs{{"x509", "CN=alice"}, {"san", "DNS:a.example"}}));
  EXPECT_EQ(pairs_of(admin), (Pairs{{"super", "CN=admin"}, {"x509", "CN=admin"}}));
}

TEST(Authenticator, AlternativeNamesMakeSuperUsersToo) {
  const Authenticator authenticator({.x509_super_user = "URI:spiffe://example/admin"});
  IdentitySet admin;
  authenticator.add_certificate("", std::array{std::string("URI:spiffe://example/admin")}, admin);
  EXPECT_EQ(
      pairs_of(admin),
      (Pairs{{"super", "URI:spiffe://example/admin"}, {"san", "URI:spiffe://example/admin"}}));
}

TEST(Authenticator, TokensProveSomethingUntilTheirEnd) {
  const tokens::Signer signer("EC");
  const jwt::Verifier verifier(
      {.issuer = "us", .audience = "paddock", .leeway = milliseconds(0)},
      std::make_shared<const jwt::KeySet>(*jwt::KeySet::parse(signer.key_set())));
  const auto token = [&](const char* subject, int end) {
    return signer.sign(std::string(R"({"iss":"us","aud":"paddock","sub":")") + subject +
                       R"(","exp":)" + std::to_string(end) + "}");
  };
  const Authenticator authenticator({.jwt_super_user = "root"}, &verifier);
  IdentitySet identities;
  const auto show = [&](const std::string& credential, int now) {
    return authenticator.authenticate(
        "jwt", credential, WallTime{std::int64_t{now} * 1000}, identities);
  };
  EXPECT_EQ(show(token("alice", 100), 100), ErrorCode::AuthFailed);
  EXPECT_EQ(show(token("alice", 100), 99), ErrorCode::Ok);
  EXPECT_EQ(show(token("root", 200), 99), ErrorCode::Ok);
  EXPECT_EQ(pairs_of(identities), (Pairs{{"jwt", "alice"}, {"super", "root"}, {"jwt", "root"}}));
  identities.expire(WallTime{100'000});
  EXPECT_EQ(pairs_of(identities), (Pairs{{"super", "root"}, {"jwt", "root"}}));
  // A newer token goes on where the last one ends.
  EXPECT_EQ(show(token("root", 300), 199), ErrorCode::Ok);
  identities.expire(WallTime{299'999});
  EXPECT_EQ(pairs_of(identities), (Pairs{{"super", "root"}, {"jwt", "root"}}));
  identities.expire(WallTime{300'000});
  EXPECT_TRUE(pairs_of(identities).empty());
}

TEST(IdentitySet, WhatIsProvenForGoodDoesNotEnd) {
  IdentitySet identities;
  identities.add("digest", "a");
  identities.add_until("digest", "a", WallTime{10});
  identities.add_until("jwt", "b", WallTime{10});
  identities.add("jwt", "b");
  identities.expire(WallTime{20});
  EXPECT_EQ(pairs_of(identities), (Pairs{{"digest", "a"}, {"jwt", "b"}}));
}

TEST(Authenticator, AddsWhoHasProvedToBeSomebodyBySasl) {
  const Authenticator authenticator(
      {.super_digest = "", .sasl_super_users = {"root", "admin@EXAMPLE.COM"}});
  IdentitySet alice;
  authenticator.add_sasl("alice", alice);
  IdentitySet admin;
  authenticator.add_sasl("admin@EXAMPLE.COM", admin);
  EXPECT_EQ(pairs_of(alice), (Pairs{{"sasl", "alice"}}));
  EXPECT_EQ(pairs_of(admin), (Pairs{{"sasl", "admin@EXAMPLE.COM"}, {"super", ""}}));
}

TEST(Authenticator, RefusesWhatItDoesNotKnow) {
  IdentitySet identities;
  for (const View scheme : {View{},
                            kEmpty,
                            View{"world"},
                            View{"auth"},
                            View{"super"},
                            View{"sasl"},
                            View{"x509"},
                            View{"kerberos"}}) {
    EXPECT_EQ(Authenticator({}).authenticate(scheme, "a:b", WallTime{}, identities),
              ErrorCode::AuthFailed)
        << scheme;
  }
  EXPECT_EQ(Authenticator({}).authenticate("digest", View{}, WallTime{}, identities),
            ErrorCode::AuthFailed);
  EXPECT_EQ(Authenticator({.digest_enabled = false, .super_digest = ""})
                .authenticate("digest", "a:b", WallTime{}, identities),
            ErrorCode::AuthFailed);
  EXPECT_EQ(Authenticator({.super_digest = "", .digest_algorithm = "rot13"})
                .authenticate("digest", "a:b", WallTime{}, identities),
            ErrorCode::AuthFailed);
  EXPECT_TRUE(pairs_of(identities).empty());
}

}  // namespace
}  // namespace paddock::auth
