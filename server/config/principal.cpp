// SPDX-License-Identifier: Apache-2.0
#include "config/principal.h"

namespace paddock::config {

Result<Principal> parse_principal(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size()) {
    return fail("expected an id as in ACLs, such as x509:CN=alice or digest:user:hash");
  }
  Principal principal{std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
  if (principal.scheme == "world" && principal.id != "anyone") {
    return fail("expected world:anyone");
  }
  if (principal.scheme == "digest" && principal.id.find(':') == std::string::npos) {
    return fail("expected digest:user:hash, with the hash that an ACL has");
  }
  return principal;
}

}  // namespace paddock::config
