// SPDX-License-Identifier: Apache-2.0
#include "auth/authenticator.h"

#include <algorithm>
#include <array>
#include <memory>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "auth/base64.h"
#include "base/free_with.h"
#include "jwt/verifier.h"

namespace paddock::auth {

namespace {

using DigestPtr = std::unique_ptr<EVP_MD, FreeWith<&EVP_MD_free>>;

DigestPtr fetch(const std::string& algorithm) {
  // Java knows "SHA" as another name of SHA-1, OpenSSL does not.
  const char* name = algorithm == "SHA" ? "SHA1" : algorithm.c_str();
  return DigestPtr(EVP_MD_fetch(nullptr, name, nullptr));
}

/// Takes the same time wherever the texts differ, so that the super user's digest cannot be felt
/// for.
bool equal_in_constant_time(View a, View b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

bool is_digest_algorithm(const std::string& algorithm) {
  return fetch(algorithm) != nullptr;
}

std::string digest_id(View user_and_password, const std::string& algorithm) {
  const DigestPtr digest = fetch(algorithm);
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  unsigned size = 0;
  if (!digest || EVP_Digest(user_and_password.data(),
                            user_and_password.size(),
                            hash.data(),
                            &size,
                            digest.get(),
                            nullptr) != 1) {
    return {};
  }
  std::string id(user_and_password.substr(0, user_and_password.find(':')));
  return id.append(":").append(to_base64({reinterpret_cast<const char*>(hash.data()), size}));
}

ErrorCode Authenticator::authenticate(View scheme,
                                      View credential,
                                      WallTime now,
                                      IdentitySet& identities) const {
  // The address was added when the connection was accepted; asking for it again changes nothing.
  if (scheme == "ip") return ErrorCode::Ok;
  if (scheme == "jwt") return check_token(credential, now, identities);
  if (scheme != "digest" || !options_.digest_enabled || is_null(credential)) {
    return ErrorCode::AuthFailed;
  }
  const std::string id = digest_id(credential, options_.digest_algorithm);
  if (id.empty()) return ErrorCode::AuthFailed;
  if (!options_.super_digest.empty() && equal_in_constant_time(id, options_.super_digest)) {
    identities.add("super", kEmpty);
  }
  identities.add("digest", id);
  return ErrorCode::Ok;
}

/// What a token proves it proves until its end.
ErrorCode Authenticator::check_token(View token, WallTime now, IdentitySet& identities) const {
  if (tokens_ == nullptr || is_null(token)) return ErrorCode::AuthFailed;
  const auto bearer = tokens_->bearer_of(token, now);
  if (!bearer) return ErrorCode::AuthFailed;
  if (!options_.jwt_super_user.empty() && bearer->subject == options_.jwt_super_user) {
    identities.add_until("super", bearer->subject, bearer->ends);
  }
  identities.add_until("jwt", bearer->subject, bearer->ends);
  return ErrorCode::Ok;
}

void Authenticator::add_certificate(View subject,
                                    std::span<const std::string> names,
                                    IdentitySet& identities) const {
  const auto add = [&](View scheme, View id) {
    if (id.empty()) return;
    if (id == options_.x509_super_user) identities.add("super", id);
    identities.add(scheme, id);
  };
  add("x509", subject);
  for (const std::string& name : names) add("san", name);
}

void Authenticator::add_sasl(View id, IdentitySet& identities) const {
  identities.add("sasl", id);
  const auto& supers = options_.sasl_super_users;
  if (std::ranges::find(supers, id) != supers.end()) identities.add("super", kEmpty);
}

}  // namespace paddock::auth
