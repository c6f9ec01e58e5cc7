// SPDX-License-Identifier: Apache-2.0
//
// What the TLS connections of one kind of link have in common: key, certificate, whom to trust,
// what to speak. Never changes once it is made and is shared by all threads: a new certificate is a
// new context for new connections, and the old ones keep theirs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <openssl/x509v3.h>

#include "base/error.h"
#include "base/time.h"
#include "config/tls_config.h"
#include "net/stream.h"
#include "tls/files.h"
#include "tls/openssl.h"

namespace paddock::tls {

/// How names are looked for in certificates: a subject's common name is no host.
inline constexpr unsigned kHostFlags = X509_CHECK_FLAG_NEVER_CHECK_SUBJECT;

class Context {
 public:
  /// *Errors*: what is wrong, in which file, and what to do.
  [[nodiscard]] static Result<std::shared_ptr<const Context>> create(
      const config::TlsConfig& config, const Files& files);

  /// For a client, which only dials: without a key store it shows no certificate, without a trust
  /// store it trusts whom the system trusts. *Errors*: as above.
  [[nodiscard]] static Result<std::shared_ptr<const Context>> create_for_client(
      const config::TlsConfig& config, const Files& files);

  /// A connection's state, with its side chosen. `host`: as net::StreamFactory has it.
  [[nodiscard]] SslPtr new_session(net::Side side, const std::string& host) const;

  /// Of the certificate in force, in hexadecimal.
  [[nodiscard]] const std::string& serial() const { return serial_; }
  /// When that certificate ends.
  [[nodiscard]] WallTime ends() const { return ends_; }
  /// Of the key that has signed it, in hexadecimal; empty: it does not say. Source: RFC 5280,
  /// 4.2.1.1.
  [[nodiscard]] const std::string& authority_key_id() const { return authority_key_id_; }
  /// Of those in the trust store, where they have one. Source: RFC 5280, 4.2.1.2.
  [[nodiscard]] const std::vector<std::string>& trusted_key_ids() const { return trusted_key_ids_; }

 private:
  Context() = default;
  [[nodiscard]] static Result<std::shared_ptr<Context>> make(const config::TlsConfig& config,
                                                             const Files& files);
  [[nodiscard]] Result<> choose_protocols(const config::TlsConfig& config);
  [[nodiscard]] Result<> use_credentials(const StoreFile& file);
  [[nodiscard]] Result<> use_trust(const StoreFile& file, bool checks_revocation);

  SslContextPtr context_;
  std::string serial_;
  WallTime ends_;
  std::string authority_key_id_;
  std::vector<std::string> trusted_key_ids_;
  config::ClientAuth client_auth_ = config::ClientAuth::Need;
  bool verifies_host_ = true;
};

}  // namespace paddock::tls
