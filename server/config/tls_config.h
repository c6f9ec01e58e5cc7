// SPDX-License-Identifier: Apache-2.0
//
// TLS settings of one kind of link: `ssl.*` for clients, `ssl.quorum.*` between servers. Plain
// values; the files are opened by whoever makes the TLS context. Source: ZooKeeper X509Util.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "config/secret.h"

namespace paddock::config {

enum class StoreType : std::uint8_t {
  ByExtension,
  Jks,
  Pem,
  Pkcs12,
};

/// A key store or a trust store. `load` reads the password file, which wins over a given password.
struct Store {
  std::string location{};
  Secret password{};
  std::string password_file{};
  StoreType type = StoreType::ByExtension;
};

enum class ClientAuth : std::uint8_t {
  None,
  Want,
  Need,
};

struct TlsConfig {
  Store key_store{};
  Store trust_store{};
  std::string protocol = "TLSv1.3";
  /// Empty: TLSv1.2 and TLSv1.3.
  std::vector<std::string> enabled_protocols{};
  /// IANA names; empty: the library's own choice.
  std::vector<std::string> cipher_suites{};
  bool hostname_verification = true;
  /// On by default between servers, off for clients.
  bool client_hostname_verification = false;
  bool crl = false;
  bool ocsp = false;
  ClientAuth client_auth = ClientAuth::Need;
  milliseconds handshake_detection_timeout{5000};
  bool reload_certificates = true;
};

/// Servers are checked by name in both directions.
[[nodiscard]] inline TlsConfig quorum_tls_defaults() {
  TlsConfig config;
  config.client_hostname_verification = true;
  return config;
}

}  // namespace paddock::config
