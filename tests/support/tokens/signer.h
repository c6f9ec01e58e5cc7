// SPDX-License-Identifier: Apache-2.0
//
// Keys and the tokens that they sign, made when a test asks for them.
#pragma once

#include <memory>
#include <string>

#include <openssl/evp.h>

#include "base/bytes.h"
#include "base/free_with.h"

namespace paddock::tokens {

[[nodiscard]] std::string base64url(View bytes);

class Signer {
 public:
  /// `kind`: "RSA" (of `bits`) or "EC" (P-256).
  explicit Signer(std::string kind, std::string id = "", int bits = 2048);

  /// The public key as an object of a key set.
  [[nodiscard]] std::string key() const;
  /// The key set that holds nothing else.
  [[nodiscard]] std::string key_set() const { return R"({"keys":[)" + key() + "]}"; }
  /// A token with these claims, in JSON, under a header that names the key if it has an id.
  [[nodiscard]] std::string sign(const std::string& claims) const;
  [[nodiscard]] std::string sign(const std::string& header, const std::string& claims) const;

 private:
  [[nodiscard]] std::string number(const char* name) const;
  [[nodiscard]] std::string signature_of(View text) const;

  std::string kind_;
  std::string id_;
  std::unique_ptr<EVP_PKEY, FreeWith<&EVP_PKEY_free>> key_;
};

}  // namespace paddock::tokens
