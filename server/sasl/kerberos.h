// SPDX-License-Identifier: Apache-2.0
//
// What the Kerberos library knows: the realm that names without one are in, and the server's key.
// Reads files and asks no network.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "sasl/login.h"

namespace paddock::sasl {

/// Of krb5.conf as it is now; empty if it names none.
[[nodiscard]] std::string default_realm();

/// The right to take tickets for one principal. Any thread.
class KerberosKey {
 public:
  /// *Errors*: what is wrong with the key table or the principal. The table is read again for each
  /// client, so that a newer one needs no restart.
  [[nodiscard]] static Result<std::unique_ptr<KerberosKey>> open(const KerberosLogin& login);

  explicit KerberosKey(void* credentials) : credentials_(credentials) {}
  KerberosKey(const KerberosKey&) = delete;
  KerberosKey& operator=(const KerberosKey&) = delete;
  ~KerberosKey();

  /// A gss_cred_id_t.
  [[nodiscard]] void* credentials() const { return credentials_; }

 private:
  void* credentials_;
};

}  // namespace paddock::sasl
