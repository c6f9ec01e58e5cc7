// SPDX-License-Identifier: Apache-2.0
//
// A certificate's subject alternative names as ids: "URI:spiffe://…", "DNS:zk.example",
// "email:alice@example.com", "IP:192.0.2.1". Source: RFC 5280 section 4.2.1.6; SPIFFE X509-SVID.
#pragma once

#include <string>
#include <vector>

#include <openssl/x509.h>

namespace paddock::tls {

/// Those of these four kinds, in the certificate's order; one that is no printable ASCII is left
/// out.
[[nodiscard]] std::vector<std::string> alternative_names(const X509* certificate);

}  // namespace paddock::tls
