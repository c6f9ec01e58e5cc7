// SPDX-License-Identifier: Apache-2.0
//
// Java's key store format JKS, from bytes: keys with their chains, and certificates that are
// trusted. Pure. The JDK protects a key by XOR with a chain of SHA-1 hashes of password and salt,
// and the whole by one hash; both are checked, and neither is a protection that anybody should rely
// on. Source: JDK sun.security.provider.JavaKeyStore, KeyProtector.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "config/secret.h"

namespace paddock::tls {

struct JksKey {
  std::string pkcs8;               // DER
  std::vector<std::string> chain;  // DER, the key's own certificate first
};

struct JksStore {
  std::vector<JksKey> keys;
  std::vector<std::string> trusted;  // DER
};

/// Whether `bytes` begin as a JKS store does.
[[nodiscard]] bool is_jks(View bytes);

/// Without a password nothing is checked, and keys are left out: enough for a trust store.
/// *Errors*: damaged, or another password; without the file's name.
[[nodiscard]] Result<JksStore> parse_jks(View bytes, const config::Secret& password);

}  // namespace paddock::tls
