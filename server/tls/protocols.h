// SPDX-License-Identifier: Apache-2.0
//
// Which versions of TLS and which ciphers are spoken: from the configuration's names, which are
// Java's and IANA's, to OpenSSL's. Pure.
#pragma once

#include <string>

#include "base/error.h"
#include "config/tls_config.h"

namespace paddock::tls {

struct Protocols {
  int version_min = 0;  // as OpenSSL numbers them
  int version_max = 0;
  /// Lists as OpenSSL takes them; empty: its own choice.
  std::string ciphers_1_2;
  std::string ciphers_1_3;
};

/// *Errors*: names that are unknown or not safe, or that leave nothing to speak.
[[nodiscard]] Result<Protocols> protocols_of(const config::TlsConfig& config);

}  // namespace paddock::tls
