// SPDX-License-Identifier: Apache-2.0
//
// Key sets, and tokens under a key that nobody can sign with: none of them is good.
#include <string>

#include "base/assert.h"
#include "input.h"
#include "jwt/key_set.h"
#include "jwt/token.h"
#include "tokens/signer.h"

namespace paddock::fuzz {
namespace {

/// The public key of RFC 7515, appendix A.3.
constexpr View kKeys =
    R"({"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
    R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]})";

void check(Input input) {
  static const jwt::KeySet known = *jwt::KeySet::parse(kKeys);
  const jwt::Rules rules{.issuer = "us", .audience = "paddock"};
  std::string token(input.part());
  PADDOCK_ASSERT(!jwt::bearer_of(token, known, rules, WallTime{}));
  // What lies behind the outer form is reached only if that is right.
  token = tokens::base64url(token) + '.' + tokens::base64url(input.part()) + ".AAAA";
  PADDOCK_ASSERT(!jwt::bearer_of(token, known, rules, WallTime{}));
  const auto keys = jwt::KeySet::parse(input.rest());
  if (!keys) return;
  PADDOCK_ASSERT(keys->size() > 0);
  static_cast<void>(jwt::bearer_of(token, *keys, rules, WallTime{}));
}

}  // namespace
}  // namespace paddock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  paddock::fuzz::check(paddock::fuzz::Input(bytes, size));
  return 0;
}
