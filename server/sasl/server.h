// SPDX-License-Identifier: Apache-2.0
//
// SASL for clients, from the configuration on. Any thread. Source: ZooKeeper
// ServerCnxnFactory.configureSaslLogin.
#pragma once

#include <memory>
#include <string>

#include "auth/sasl.h"
#include "base/error.h"
#include "config/server_config.h"
#include "sasl/exchange.h"
#include "sasl/jaas.h"

namespace paddock::sasl {

class Server final : public auth::SaslServer {
 public:
  /// `file`: what `config` names. *Errors*: what is wrong with it, with a key table, a rule or the
  /// library, and what to do.
  [[nodiscard]] static Result<std::unique_ptr<Server>> open(const config::AuthConfig& config,
                                                            const JaasFile& file);

  explicit Server(std::shared_ptr<const Terms> terms) : terms_(std::move(terms)) {}

  [[nodiscard]] std::unique_ptr<auth::SaslExchange> begin() const override;
  [[nodiscard]] std::string mechanism() const { return terms_->mechanism(); }

 private:
  std::shared_ptr<const Terms> terms_;
};

}  // namespace paddock::sasl
