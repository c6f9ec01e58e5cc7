// SPDX-License-Identifier: Apache-2.0
//
// Certificates of every shape, made when a test asks for them: no key lies in the repository.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "tls/files.h"
#include "tls/openssl.h"

namespace paddock::tls {

/// A key and its certificate.
struct Issued {
  KeyPtr key;
  CertificatePtr certificate;
};

struct Wish {
  std::string name;    // CN of the subject
  std::string host{};  // as subject alternative name: "DNS:localhost"
  bool is_ca = false;
  /// Dates far away, so that no test depends on today.
  const char* not_before = "20000101000000Z";
  const char* not_after = "29991231235959Z";
  long serial = 1;
};

[[nodiscard]] KeyPtr make_key();
/// Signed by `issuer`, or by itself.
[[nodiscard]] Issued issue(const Wish& wish, const Issued* issuer = nullptr);
/// A list of `issuer` that revokes `serials`.
[[nodiscard]] CrlPtr revoke(const Issued& issuer, std::span<const long> serials);

[[nodiscard]] std::string pem_of(const X509* certificate);
[[nodiscard]] std::string pem_of(const X509_CRL* list);
/// Encrypted if there is a password.
[[nodiscard]] std::string pem_of(const EVP_PKEY* key, const std::string& password = "");
[[nodiscard]] std::string pkcs12_of(const Issued& one, const std::string& password);
[[nodiscard]] std::string der_of(const X509* certificate);
[[nodiscard]] std::string der_of(const EVP_PKEY* key);

/// Key and certificate in one PEM file.
[[nodiscard]] StoreFile key_store_of(const Issued& one);
[[nodiscard]] StoreFile trust_store_of(const Issued& ca);

}  // namespace paddock::tls
