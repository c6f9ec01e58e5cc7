// SPDX-License-Identifier: Apache-2.0
//
// Credentials turned into identities: of the auth packet, and certificates that a TLS handshake has
// found to be good. Pure. Source: ZooKeeper auth.*AuthenticationProvider.
#pragma once

#include <string>

#include "auth/identities.h"
#include "base/error_code.h"

namespace paddock::auth {

struct AuthOptions {
  bool digest_enabled = true;
  /// "super:<base64>" or empty. Never printed.
  std::string super_digest;
  /// SHA1 (default), SHA-256, SHA-512 …, as DigestAuthenticationProvider.digestAlg names them.
  std::string digest_algorithm = "SHA1";
  /// Subject of the super user's certificate, or empty.
  std::string x509_super_user{};
};

class Authenticator {
 public:
  explicit Authenticator(AuthOptions options) : options_(std::move(options)) {}

  /// Adds what the credential proves to `identities`. *Errors*: AuthFailed (unknown scheme,
  /// malformed or disabled), after which the connection is told and closed.
  [[nodiscard]] ErrorCode authenticate(View scheme, View credential, IdentitySet& identities) const;
  /// Adds what a client's certificate proves, whose subject is as ZooKeeper writes it.
  void add_certificate(View subject, IdentitySet& identities) const;

 private:
  AuthOptions options_;
};

/// Whether the cryptographic library knows a hash of this name ("SHA1", "SHA-256", "SHA3-512" …).
[[nodiscard]] bool is_digest_algorithm(const std::string& algorithm);

/// "user:password" as the digest scheme stores it: user:base64(digest("user:password")). Empty if
/// the algorithm is unknown.
[[nodiscard]] std::string digest_id(View user_and_password, const std::string& algorithm);

}  // namespace paddock::auth
