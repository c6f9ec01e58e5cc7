// SPDX-License-Identifier: Apache-2.0
#include "admin/authority.h"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "admin/commands.h"
#include "admin/four_letter_words.h"
#include "jwt/verifier.h"
#include "tokens/signer.h"

namespace paddock::admin {
namespace {

constexpr Access kAll[] = {Access::Probe, Access::Read, Access::ConfidentialRead, Access::Change};

struct World {
  auth::Authenticator authenticator{
      {.super_digest = auth::digest_id("super:admin", "SHA1"), .x509_super_user = "CN=root"}};
  AuthorityOptions options{.readers = {{"world", "anyone"}}, .operators = {}};

  [[nodiscard]] Verdict decide(Access access, const Caller& caller) const {
    return Authority(options, authenticator).decide(access, caller).verdict;
  }
};

Caller stranger(View authorization = {}) {
  return {.ip = "10.1.2.3", .subject = {}, .authorization = authorization};
}

TEST(AdminAuthority, OnlyThisMachineChangesAnythingByDefault) {
  const World world;
  const Caller local{.ip = "127.0.0.1", .is_local = true, .subject = {}, .authorization = {}};
  for (const Access access : kAll) {
    EXPECT_EQ(world.decide(access, local), Verdict::Allowed);
    EXPECT_EQ(world.decide(access, stranger()),
              access == Access::Change ? Verdict::Unknown : Verdict::Allowed);
  }
}

TEST(AdminAuthority, TokensAndAlternativeNamesAreIdentitiesAsInAcls) {
  const tokens::Signer signer("EC");
  const jwt::Verifier verifier(
      {.issuer = "us", .audience = "paddock"},
      std::make_shared<const jwt::KeySet>(*jwt::KeySet::parse(signer.key_set())));
  const auth::Authenticator authenticator({}, &verifier);
  const Authority authority({.readers = {},
                             .operators = {{"jwt", "olga"}, {"san", "URI:spiffe://example/olga"}},
                             .trust_loopback = true},
                            authenticator);
  const auto decide = [&](const Caller& caller) {
    return authority.decide(Access::Change, caller).verdict;
  };
  const std::string claims = R"({"iss":"us","aud":"paddock","exp":1000,"sub":")";
  const std::string olga = "Bearer " + signer.sign(claims + "olga\"}");
  const std::string rita = "bearer " + signer.sign(claims + "rita\"}");
  EXPECT_EQ(decide({.ip = "10.1.2.3", .authorization = olga, .now = {}}), Verdict::Allowed);
  EXPECT_EQ(decide({.ip = "10.1.2.3", .authorization = rita, .now = {}}), Verdict::Forbidden);
  EXPECT_EQ(decide({.ip = "10.1.2.3", .authorization = olga, .now = {2'000'000}}),
            Verdict::Unknown);
  const std::vector<std::string> names{"URI:spiffe://example/olga"};
  EXPECT_EQ(decide({.ip = "10.1.2.3", .names = names}), Verdict::Allowed);
}

TEST(AdminAuthority, ThisMachineIsNobodyWhereAProxyRuns) {
  World world;
  world.options.trust_loopback = false;
  EXPECT_EQ(world.decide(Access::Change,
                         {.ip = "127.0.0.1", .is_local = true, .subject = {}, .authorization = {}}),
            Verdict::Unknown);
}

TEST(AdminAuthority, ListsNameWhoMay) {
  World world;
  world.options.readers = {{"digest", auth::digest_id("rita:r", "SHA1")}, {"ip", "192.168.0.0/16"}};
  world.options.operators = {{"x509", "CN=olga"}, {"digest", auth::digest_id("olga:o", "SHA1")}};
  const auto of = [](View subject) {
    return Caller{.ip = "10.1.2.3", .subject = subject, .authorization = {}};
  };
  for (const Access access : {Access::ConfidentialRead, Access::Change}) {
    const bool changes = access == Access::Change;
    EXPECT_EQ(world.decide(access, of("CN=olga")), Verdict::Allowed);
    EXPECT_EQ(world.decide(access, of("CN=olga,O=Other")), Verdict::Forbidden);
    EXPECT_EQ(world.decide(access, stranger("digest olga:o")), Verdict::Allowed);
    EXPECT_EQ(world.decide(access, stranger("Basic b2xnYTpv")), Verdict::Allowed);
    EXPECT_EQ(world.decide(access, stranger("digest rita:r")),
              changes ? Verdict::Forbidden : Verdict::Allowed);
    EXPECT_EQ(world.decide(access, {.ip = "192.168.7.7", .subject = {}, .authorization = {}}),
              changes ? Verdict::Unknown : Verdict::Allowed);
    EXPECT_EQ(world.decide(access, stranger()), Verdict::Unknown);
    EXPECT_EQ(world.decide(access, of("CN=root")), Verdict::Allowed);
    EXPECT_EQ(world.decide(access, stranger("digest super:admin")), Verdict::Allowed);
  }
}

TEST(AdminAuthority, BadCredentialsAreNobodys) {
  World world;
  world.options.operators = {{"digest", auth::digest_id("olga:o", "SHA1")}};
  for (const View authorization : {"digest olga:wrong",
                                   "digest olga",
                                   "digest",
                                   "digest ",
                                   " olga:o",
                                   "magic olga:o",
                                   "Basic",
                                   "Basic !!!!",
                                   "Basic b2xnYTpv=",
                                   "x509",
                                   "ip 127.0.0.1"}) {
    EXPECT_NE(world.decide(Access::Change, stranger(authorization)), Verdict::Allowed)
        << authorization;
  }
}

TEST(AdminAuthority, EveryCommandAndWordHasAClass) {
  for (const View name : command_names()) {
    const CommandKind command = *find_command(name);
    const bool is_reset = name.ends_with("reset") || name.starts_with("set_");
    EXPECT_EQ(access_of_command(command) == Access::Change, is_reset) << name;
  }
  for (const View word : {"srst", "crst", "stmk", "none"}) {
    EXPECT_EQ(access_of_word(word), Access::Change);
  }
  EXPECT_EQ(access_of_word("srvr"), Access::Read);
  EXPECT_EQ(access_of_word("cons"), Access::ConfidentialRead);
}

TEST(AdminAuthority, RefusalsSayWhatIsNeeded) {
  EXPECT_EQ(
      refusal(Access::Change, Verdict::Unknown, "stat_reset"),
      "stat_reset changes the server: it is for those that paddock.admin.operators names, and "
      "for clients on the server's own machine unless paddock.admin.trustLoopback is false. "
      "Say who you are: by a certificate, or 'Authorization: digest user:password'");
}

}  // namespace
}  // namespace paddock::admin
