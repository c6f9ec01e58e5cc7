// SPDX-License-Identifier: Apache-2.0
#include "config/server_config.h"

#include <algorithm>

namespace paddock::config {

bool CommandWhitelist::allows(std::string_view word) const {
  return all || std::ranges::find(words, word) != words.end();
}

bool ServerConfig::is_standalone() const {
  const auto voters = std::ranges::count_if(ensemble.members, [](const auto& entry) {
    return entry.second.type == PeerType::Participant;
  });
  return voters == 0 || (voters == 1 && ensemble.standalone_enabled);
}

bool ServerConfig::has_x509() const {
  return clients.speak_tls() || auth.has(AuthProvider::X509);
}

TlsConfig ServerConfig::admin_tls() const {
  TlsConfig tls = quorum_tls.key_store.location.empty() ? client_tls : quorum_tls;
  tls.client_auth = admin.client_auth;
  return tls;
}

}  // namespace paddock::config
