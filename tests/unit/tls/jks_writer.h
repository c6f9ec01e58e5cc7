// SPDX-License-Identifier: Apache-2.0
//
// Writes JKS stores as the JDK does, for ASCII passwords: the parser's counterpart. That a real
// keytool's stores are read is for the end-to-end tests.
#pragma once

#include <string>
#include <vector>

namespace paddock::tls {

struct JksEntry {
  std::string alias;
  std::string pkcs8;               // DER; empty: a trusted certificate
  std::vector<std::string> chain;  // DER
};

[[nodiscard]] std::string write_jks(const std::vector<JksEntry>& entries,
                                    const std::string& password);

}  // namespace paddock::tls
