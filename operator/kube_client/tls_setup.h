// SPDX-License-Identifier: Apache-2.0
//
// What TLS connections to an API server have in common: whom to trust, who we are. Never changes
// once it is made; new credentials are a new one.
#pragma once

#include <memory>

#include <boost/asio/ssl/context.hpp>
#include <openssl/ssl.h>

#include "base/error.h"
#include "kube/credentials.h"

namespace paddock::kube {

using TlsSetup = std::shared_ptr<boost::asio::ssl::context>;

/// Null for a server without TLS. *Errors*: which of the PEM texts is none.
[[nodiscard]] Result<TlsSetup> make_tls_setup(const ClusterAccess& access,
                                              const Credentials& credentials);

/// Whom the server has to be, for one connection. *Errors*: OpenSSL does not take the name.
[[nodiscard]] Result<> expect_server(SSL* session, const ClusterAccess& access);

/// Why a handshake failed, if that is because of the server's certificate; empty otherwise.
[[nodiscard]] std::string certificate_problem(const SSL* session);

}  // namespace paddock::kube
