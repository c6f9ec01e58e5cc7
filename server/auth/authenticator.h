// SPDX-License-Identifier: Apache-2.0
//
// Credentials turned into identities: of the auth packet, and certificates that a TLS handshake has
// found to be good. Pure. Source: ZooKeeper auth.*AuthenticationProvider.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "auth/identities.h"
#include "base/error_code.h"

namespace paddock::jwt {
class Verifier;
}  // namespace paddock::jwt

namespace paddock::auth {

struct AuthOptions {
  /// The super user's subject in tokens, or empty.
  std::string jwt_super_user{};
  bool digest_enabled = true;
  /// "super:<base64>" or empty. Never printed.
  std::string super_digest{};
  /// SHA1 (default), SHA-256, SHA-512 …, as DigestAuthenticationProvider.digestAlg names them.
  std::string digest_algorithm = "SHA1";
  /// Subject or alternative name of the super user's certificate, or empty.
  std::string x509_super_user{};
  /// Ids of super users who authenticate by SASL.
  std::vector<std::string> sasl_super_users{};
};

class Authenticator {
 public:
  /// `tokens`: checks those of the scheme jwt, and outlives this; null: there is no such scheme.
  explicit Authenticator(AuthOptions options, const jwt::Verifier* tokens = nullptr)
      : options_(std::move(options)), tokens_(tokens) {}

  /// Adds what the credential proves to `identities`. *Errors*: AuthFailed (unknown scheme,
  /// malformed or disabled), after which the connection is told and closed.
  [[nodiscard]] ErrorCode authenticate(View scheme,
                                       View credential,
                                       WallTime now,
                                       IdentitySet& identities) const;
  /// Adds what a client's certificate proves: its subject as ZooKeeper writes it, and its
  /// alternative names as ids of the scheme san.
  void add_certificate(View subject,
                       std::span<const std::string> names,
                       IdentitySet& identities) const;
  /// Adds who a client has proved to be by SASL.
  void add_sasl(View id, IdentitySet& identities) const;

 private:
  [[nodiscard]] ErrorCode check_token(View token, WallTime now, IdentitySet& identities) const;

  AuthOptions options_;
  const jwt::Verifier* tokens_;
};

/// Whether the cryptographic library knows a hash of this name ("SHA1", "SHA-256", "SHA3-512" …).
[[nodiscard]] bool is_digest_algorithm(const std::string& algorithm);

/// "user:password" as the digest scheme stores it: user:base64(digest("user:password")). Empty if
/// the algorithm is unknown.
[[nodiscard]] std::string digest_id(View user_and_password, const std::string& algorithm);

}  // namespace paddock::auth
