// SPDX-License-Identifier: Apache-2.0
#include "tls/protocols.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <openssl/ssl.h>

namespace paddock::tls {

namespace {

/// A mark for the end of renegotiation, which Java lists among the ciphers.
constexpr std::string_view kSignal = "TLS_EMPTY_RENEGOTIATION_INFO_SCSV";

std::optional<int> version_of(std::string_view name) {
  if (name == "TLSv1.2") return TLS1_2_VERSION;
  // In Java "TLS" is the newest that there is.
  if (name == "TLSv1.3" || name == "TLS") return TLS1_3_VERSION;
  return std::nullopt;
}

std::unexpected<Error> unknown_version(std::string_view name) {
  return fail(fmt::format("the protocol {} is not spoken; there are TLSv1.2 and TLSv1.3", name));
}

/// `ssl.protocol` counts where `ssl.enabledProtocols` is not given, and is then the newest.
Result<> choose_versions(const config::TlsConfig& config, Protocols& into) {
  if (config.enabled_protocols.empty()) {
    const auto newest = version_of(config.protocol);
    if (!newest) return unknown_version(config.protocol);
    into.version_min = TLS1_2_VERSION;
    into.version_max = *newest;
    return {};
  }
  into.version_min = TLS1_3_VERSION;
  into.version_max = TLS1_2_VERSION;
  for (const std::string& name : config.enabled_protocols) {
    const auto version = version_of(name);
    if (!version) return unknown_version(name);
    into.version_min = std::min(into.version_min, *version);
    into.version_max = std::max(into.version_max, *version);
  }
  return {};
}

void add(std::string& list, std::string_view name) {
  if (!list.empty()) list += ':';
  list += name;
}

Result<> choose_ciphers(const config::TlsConfig& config, Protocols& into) {
  for (const std::string& name : config.cipher_suites) {
    if (name == kSignal) continue;
    const std::string_view found = OPENSSL_cipher_name(name.c_str());
    if (found == "(NONE)") {
      return fail(
          fmt::format("the cipher suite {} is not known; names are IANA's, such as "
                      "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                      name));
    }
    // Those of TLS 1.3 have the same name everywhere.
    add(found == name ? into.ciphers_1_3 : into.ciphers_1_2, found);
  }
  return {};
}

/// A version without a cipher is not spoken.
Result<> leave_out_versions(Protocols& into) {
  if (into.ciphers_1_3.empty() && into.ciphers_1_2.empty()) return {};
  if (into.ciphers_1_3.empty()) into.version_max = std::min(into.version_max, TLS1_2_VERSION);
  if (into.ciphers_1_2.empty()) into.version_min = std::max(into.version_min, TLS1_3_VERSION);
  if (into.version_min <= into.version_max) return {};
  return fail("none of the cipher suites belongs to a protocol that is enabled");
}

}  // namespace

Result<Protocols> protocols_of(const config::TlsConfig& config) {
  Protocols protocols;
  PADDOCK_TRY(choose_versions(config, protocols));
  PADDOCK_TRY(choose_ciphers(config, protocols));
  PADDOCK_TRY(leave_out_versions(protocols));
  return protocols;
}

}  // namespace paddock::tls
