// SPDX-License-Identifier: Apache-2.0
//
// A certificate's subject as text, letter for letter as Java's X500Principal.getName() writes it:
// ACLs that were made by ZooKeeper hold that. RFC 2253 with Java's own choices: few attributes have
// names, all others are numbers with their value in hexadecimal.
#pragma once

#include <string>

#include <openssl/x509.h>

namespace paddock::tls {

[[nodiscard]] std::string subject_text(const X509* certificate);

}  // namespace paddock::tls
