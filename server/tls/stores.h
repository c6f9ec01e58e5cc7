// SPDX-License-Identifier: Apache-2.0
//
// What key stores and trust stores hold, whichever of PEM, PKCS#12 and JKS they are: from bytes to
// keys and certificates.
#pragma once

#include <vector>

#include "base/error.h"
#include "tls/files.h"
#include "tls/openssl.h"

namespace paddock::tls {

struct Credentials {
  KeyPtr key;
  CertificatePtr certificate;  // of that key
  std::vector<CertificatePtr> chain;
};

struct Trust {
  std::vector<CertificatePtr> certificates;
  std::vector<CrlPtr> revocations;
};

/// *Errors*: which file, what is wrong with it and what to do.
[[nodiscard]] Result<Credentials> credentials_of(const StoreFile& file);

/// Revocation lists are found in PEM files only. *Errors*: as above; also if nothing is in it.
[[nodiscard]] Result<Trust> trust_of(const StoreFile& file);

}  // namespace paddock::tls
