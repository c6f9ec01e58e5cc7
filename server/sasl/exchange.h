// SPDX-License-Identifier: Apache-2.0
//
// One client's SASL exchange, over a Cyrus connection of its own. The mechanism is the server's
// choice, as in ZooKeeper: clients send tokens and never a mechanism's name.
#pragma once

#include <memory>
#include <string>

#include "auth/sasl.h"
#include "sasl/kerberos.h"
#include "sasl/library.h"
#include "sasl/login.h"
#include "sasl/name_rules.h"

namespace paddock::sasl {

/// What all exchanges of a server have in common; nothing in it changes.
struct Terms {
  std::shared_ptr<const Library> library;
  NameRules rules;
  NameOptions names;
  Passwords passwords;               // of DIGEST-MD5
  std::unique_ptr<KerberosKey> key;  // of GSSAPI; null: DIGEST-MD5

  [[nodiscard]] const char* mechanism() const { return key ? cyrus::kGssapi : cyrus::kDigestMd5; }
};

class Exchange final : public auth::SaslExchange, private Callbacks {
 public:
  explicit Exchange(std::shared_ptr<const Terms> terms);
  ~Exchange() override;

  [[nodiscard]] auth::SaslStep step(View token) override;

 private:
  [[nodiscard]] const std::string* password_of(std::string_view user) const override;
  [[nodiscard]] bool may_be(std::string_view wanted, std::string_view authenticated) const override;
  [[nodiscard]] Result<> start();
  /// Codes of the library.
  [[nodiscard]] int begin(View token, const char*& out, unsigned& out_length);
  [[nodiscard]] int go_on(View token, const char*& out, unsigned& out_length);
  [[nodiscard]] auth::SaslStep failed(std::string reason);
  [[nodiscard]] auth::SaslStep done(auth::SaslStep step);
  /// With the realm, which the library leaves out of names of the server's own.
  [[nodiscard]] std::string full_name(std::string_view authenticated) const;
  [[nodiscard]] std::string id_of(std::string_view authenticated) const;

  std::shared_ptr<const Terms> terms_;
  CallbackTable callbacks_;
  sasl_conn_t* connection_ = nullptr;
  std::size_t steps_ = 0;
  bool is_over_ = false;
};

}  // namespace paddock::sasl
