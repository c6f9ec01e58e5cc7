// SPDX-License-Identifier: Apache-2.0
//
// What a section of a JAAS file says of how clients authenticate: by users and passwords, or by a
// Kerberos principal whose key the server has. Source: ZooKeeper ServerCnxnFactory, Login,
// SecurityUtils.createSaslServer.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <variant>

#include "base/error.h"
#include "config/secret.h"
#include "sasl/jaas.h"

namespace paddock::sasl {

using Passwords = std::map<std::string, config::Secret, std::less<>>;

/// DIGEST-MD5.
struct DigestLogin {
  Passwords users;
};

/// GSSAPI.
struct KerberosLogin {
  std::string principal;
  std::string key_table;  // empty: Kerberos' own default
};

using Login = std::variant<DigestLogin, KerberosLogin>;

/// As ZooKeeper does it: Kerberos if there is a module of it, else users of all modules. *Errors*:
/// what is missing in the section, and where.
[[nodiscard]] Result<Login> login_of(const JaasFile& file, const JaasSection& section);

}  // namespace paddock::sasl
