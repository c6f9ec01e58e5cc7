// SPDX-License-Identifier: Apache-2.0
#include "auth/kerberos_name.h"

namespace paddock::auth {

std::optional<KerberosName> KerberosName::parse(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos) return KerberosName{.service = text};
  const std::string_view realm = text.substr(at + 1);
  if (realm.find_first_of("/@") != std::string_view::npos) return std::nullopt;
  const std::string_view principal = text.substr(0, at);
  const std::size_t slash = principal.find('/');
  if (slash == std::string_view::npos) return KerberosName{.service = principal, .realm = realm};
  const std::string_view host = principal.substr(slash + 1);
  if (host.find('/') != std::string_view::npos) return std::nullopt;
  return KerberosName{.service = principal.substr(0, slash), .host = host, .realm = realm};
}

}  // namespace paddock::auth
