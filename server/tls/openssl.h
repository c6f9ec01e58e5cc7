// SPDX-License-Identifier: Apache-2.0
//
// Owners of OpenSSL's objects, and the text of what it complains of.
#pragma once

#include <memory>
#include <string>

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "base/free_with.h"

namespace paddock::tls {

using BioPtr = std::unique_ptr<BIO, FreeWith<&BIO_free_all>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, FreeWith<&EVP_PKEY_free>>;
using CertificatePtr = std::unique_ptr<X509, FreeWith<&X509_free>>;
using CrlPtr = std::unique_ptr<X509_CRL, FreeWith<&X509_CRL_free>>;
using SslPtr = std::unique_ptr<SSL, FreeWith<&SSL_free>>;
using SslContextPtr = std::unique_ptr<SSL_CTX, FreeWith<&SSL_CTX_free>>;

/// What the library complained of first on this thread since it was asked last; it then forgets
/// all of it. Empty if it had nothing to say.
[[nodiscard]] std::string take_reason();

}  // namespace paddock::tls
