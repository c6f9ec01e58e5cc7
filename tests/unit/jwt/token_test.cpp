// SPDX-License-Identifier: Apache-2.0
#include "jwt/token.h"

#include <string>

#include <gtest/gtest.h>

#include "tokens/signer.h"

namespace paddock::jwt {
namespace {

using tokens::base64url;
using tokens::Signer;

constexpr std::int64_t kNow = 1'000'000;  // in seconds
constexpr const char* kClaims =
    R"({"iss":"us","aud":"paddock","sub":"system:serviceaccount:apps:alice","exp":1000600})";

class Tokens : public ::testing::TestWithParam<const char*> {
 protected:
  Tokens() : keys_(*KeySet::parse(signer_.key_set())) {}

  [[nodiscard]] Result<Bearer> check(const std::string& token, std::int64_t now = kNow) const {
    return bearer_of(token,
                     keys_,
                     {.issuer = "us", .audience = "paddock", .leeway = seconds(30)},
                     WallTime{now * 1000});
  }
  [[nodiscard]] std::string refusal(const std::string& claims, std::int64_t now = kNow) const {
    return why(check(signer_.sign(claims), now));
  }
  [[nodiscard]] static std::string why(const Result<Bearer>& found) {
    return found ? "no error" : found.error().message;
  }

  const Signer signer_{GetParam(), "one"};
  const KeySet keys_;
};
INSTANTIATE_TEST_SUITE_P(Jwt, Tokens, ::testing::Values("RSA", "EC"));

TEST_P(Tokens, SayWhoTheirBearerIsAndUntilWhen) {
  const auto bearer = check(signer_.sign(kClaims));
  ASSERT_TRUE(bearer) << bearer.error().message;
  EXPECT_EQ(bearer->subject, "system:serviceaccount:apps:alice");
  EXPECT_EQ(bearer->ends, (WallTime{1000630 * 1000LL}));
  EXPECT_TRUE(check(signer_.sign(
      R"({"iss":"us","aud":["a","paddock"],"sub":"x","exp":1000600.5,"nbf":1000020})")));
}

TEST_P(Tokens, AreOfTheirIssuerAndForUs) {
  EXPECT_EQ(refusal(R"({"aud":"paddock","sub":"x","exp":1000600})"), "it is from another issuer");
  EXPECT_EQ(refusal(R"({"iss":"them","aud":"paddock","sub":"x","exp":1000600})"),
            "it is from another issuer");
  for (const std::string audience : {R"()",
                                     R"("aud":"a",)",
                                     R"("aud":[],)",
                                     R"("aud":[1],)",
                                     R"("aud":{"paddock":1},)",
                                     R"("aud":"paddock2",)"}) {
    EXPECT_EQ(refusal(R"({"iss":"us",)" + audience + R"("sub":"x","exp":1000600})"),
              "it is for another audience");
  }
}

TEST_P(Tokens, HaveTheirTime) {
  EXPECT_EQ(refusal(kClaims, 1000629), "no error");
  EXPECT_EQ(refusal(kClaims, 1000630), "it has expired 30 s ago");
  const std::string base = R"({"iss":"us","aud":"paddock","sub":"x")";
  for (const std::string end :
       {"", R"(,"exp":"1000600")", R"(,"exp":-1)", R"(,"exp":1e300)", R"(,"exp":null)"}) {
    EXPECT_EQ(refusal(base + end + "}"), "it does not say when it ends");
  }
  EXPECT_EQ(refusal(base + R"(,"exp":1000600,"nbf":1000031})"), "it is not valid yet");
  EXPECT_EQ(refusal(base + R"(,"exp":1000600,"nbf":"soon"})"), "it is not valid yet");
}

TEST_P(Tokens, NameSomebody) {
  const std::string base = R"({"iss":"us","aud":"paddock","exp":1000600)";
  for (const std::string subject : {"", R"(,"sub":"")", R"(,"sub":7)", R"(,"sub":"a\nb")"}) {
    EXPECT_EQ(refusal(base + subject + "}"), "it names no subject");
  }
  EXPECT_EQ(refusal(base + R"(,"sub":")" + std::string(1025, 'x') + R"("})"),
            "it names no subject");
}

TEST_P(Tokens, AreSignedByOneOfTheKeys) {
  const std::string good = signer_.sign(kClaims);
  EXPECT_EQ(why(check(Signer(GetParam(), "one").sign(kClaims))), "none of the keys has signed it");
  std::string changed = good;
  changed[good.find('.') + 5] ^= 1;
  EXPECT_FALSE(check(changed));
  EXPECT_EQ(why(check(good.substr(0, good.rfind('.') + 1))), "none of the keys has signed it");
  EXPECT_EQ(why(check(good + "AA")), "none of the keys has signed it");
  // Without an id any key will do, with a wrong one none.
  const std::string name = std::string(GetParam()) == "RSA" ? "RS256" : "ES256";
  EXPECT_TRUE(check(signer_.sign(R"({"alg":")" + name + R"("})", kClaims)));
  EXPECT_EQ(why(check(signer_.sign(R"({"alg":")" + name + R"(","kid":"two"})", kClaims))),
            "none of the keys has signed it");
}

/// The classical ways around a signature (RFC 8725).
TEST_P(Tokens, CannotChooseTheirAlgorithm) {
  for (const std::string name : {"none", "None", "HS256", "PS256", ""}) {
    EXPECT_EQ(why(check(signer_.sign(R"({"alg":")" + name + R"("})", kClaims))),
              "it is signed by another algorithm than RS256 and ES256");
  }
  EXPECT_EQ(why(check(base64url(R"({"alg":"none"})") + '.' + base64url(kClaims) + '.')),
            "it is signed by another algorithm than RS256 and ES256");
  const std::string other = std::string(GetParam()) == "RSA" ? "ES256" : "RS256";
  EXPECT_EQ(why(check(signer_.sign(R"({"alg":")" + other + R"("})", kClaims))),
            "none of the keys has signed it");
  EXPECT_EQ(why(check(signer_.sign(R"({"alg":"RS256","crit":["b64"]})", kClaims))),
            "it has extensions that are not known");
}

TEST_P(Tokens, HaveTheirForm) {
  for (const std::string token : {"", "a", "a.b", "a.b.c.d", "..."}) {
    EXPECT_EQ(why(check(token)), "it is no signed token of three parts") << token;
  }
  EXPECT_EQ(why(check("..")), "its header is malformed");
  EXPECT_EQ(why(check("e30=.e30.e30")), "its header is malformed");
  EXPECT_EQ(why(check(signer_.sign("7"))), "its claims are malformed");
  EXPECT_EQ(why(check(std::string(kTokenBytesMax + 1, 'a'))), "it is longer than 16 KiB");
}

}  // namespace
}  // namespace paddock::jwt
