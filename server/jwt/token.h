// SPDX-License-Identifier: Apache-2.0
//
// JSON Web Tokens: who a token says its bearer is, if it is good. Pure. Deny on anything missing.
// Source: RFC 7519, RFC 7515, RFC 8725.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"
#include "jwt/key_set.h"

namespace paddock::jwt {

/// What must be true of a token besides its signature.
struct Rules {
  std::string issuer;
  std::string audience;
  /// How far the clocks of issuer and server may be apart.
  milliseconds leeway{30000};
};

struct Bearer {
  std::string subject;
  /// From then on the token proves nothing.
  WallTime ends;
};

inline constexpr std::size_t kTokenBytesMax = std::size_t{16} << 10U;

/// *Errors*: why the token is not good, without a word of what is in it.
[[nodiscard]] Result<Bearer> bearer_of(View token,
                                       const KeySet& keys,
                                       const Rules& rules,
                                       WallTime now);

}  // namespace paddock::jwt
