// SPDX-License-Identifier: Apache-2.0
#include "jwt/key_set.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "jwt/base64url.h"
#include "tokens/signer.h"

namespace paddock::jwt {
namespace {

using testing::HasSubstr;
using tokens::Signer;

std::string refusal(const std::string& json) {
  const auto keys = KeySet::parse(json);
  return keys ? "no error" : keys.error().message;
}

std::string set_of(const std::string& keys) {
  return R"({"keys":[)" + keys + "]}";
}

/// RFC 7515, appendix A.3.
TEST(KeySet, ChecksTheExampleOfTheRfc) {
  const auto keys = KeySet::parse(
      set_of(R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
             R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})"));
  ASSERT_TRUE(keys) << keys.error().message;
  std::string text =
      "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLm"
      "NvbS9pc19yb290Ijp0cnVlfQ";
  const auto signature = decode_base64url(
      "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");
  EXPECT_TRUE(keys->has_signed(Algorithm::Es256, std::nullopt, text, *signature));
  EXPECT_FALSE(keys->has_signed(Algorithm::Rs256, std::nullopt, text, *signature));
  EXPECT_FALSE(keys->has_signed(Algorithm::Es256, "another", text, *signature));
  text[30] ^= 1;
  EXPECT_FALSE(keys->has_signed(Algorithm::Es256, std::nullopt, text, *signature));
}

TEST(KeySet, LeavesOutWhatIsForSomethingElse) {
  const Signer one("EC");
  const auto keys = KeySet::parse(set_of(R"({"kty":"oct","k":"AAAA"},)"
                                         R"({"kty":"RSA","use":"enc","n":"","e":""},)"
                                         R"({"kty":"RSA","alg":"RS512"},)"
                                         R"({"kty":"EC","crv":"P-384"},)"
                                         R"({"kty":"OKP","crv":"Ed25519"},7,)" +
                                         one.key()));
  ASSERT_TRUE(keys) << keys.error().message;
  EXPECT_EQ(keys->size(), 1U);
}

TEST(KeySet, SaysWhatIsWrong) {
  for (const char* const json : {"", "[]", "{}", R"({"keys":{}})", R"({"keys":[)"}) {
    EXPECT_THAT(refusal(json), HasSubstr("it is no JSON Web Key Set")) << json;
  }
  EXPECT_EQ(refusal(R"({"keys":[]})"), "it holds no key for RS256 or ES256");
  EXPECT_EQ(refusal(set_of(R"({"kty":"RSA","n":"AQAB"})")),
            "key 1 has no modulus n or no exponent e");
  EXPECT_EQ(refusal(set_of(R"({"kty":"RSA","n":"A","e":"AQAB"})")),
            "key 1 has no modulus n or no exponent e");
  EXPECT_EQ(refusal(Signer("RSA", "", 1024).key_set()),
            "key 1 is shorter than 2048 bits, which is not safe");
  EXPECT_EQ(refusal(set_of(R"({"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"})")),
            "key 1 has no coordinates x and y of 32 bytes");
  const std::string zeros(43, 'A');
  EXPECT_EQ(refusal(set_of(R"({"kty":"EC","crv":"P-256","x":")" + zeros + R"(","y":")" + zeros +
                           R"("})")),
            "key 1 is no point of the curve P-256");
  EXPECT_EQ(refusal(set_of(R"({"kty":"EC","crv":"P-256","x":"","y":"","d":"secret"})")),
            "key 1 is a private key, which belongs to whoever signs; give the public one");
}

}  // namespace
}  // namespace paddock::jwt
