// SPDX-License-Identifier: Apache-2.0
//
// Logins by DIGEST-MD5 and Kerberos (GSSAPI), over Cyrus SASL. A login lives on the client's
// thread; Kerberos' may wait there for the KDC.
#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"
#include "client_session/login.h"
#include "config/secret.h"

namespace paddock::client {

enum class SaslMechanism : std::uint8_t {
  DigestMd5,
  /// By the ticket of the user that runs the process, for `zookeeper/HOST`.
  Kerberos,
};

struct SaslOptions {
  SaslMechanism mechanism = SaslMechanism::DigestMd5;
  /// Of DIGEST-MD5.
  std::string user{};
  config::Secret password{};
};

/// For ClientOptions::login. *Errors*: the library, or its plugin for the mechanism, is not there.
[[nodiscard]] Result<LoginFactory> open_sasl(SaslOptions options);

}  // namespace paddock::client
