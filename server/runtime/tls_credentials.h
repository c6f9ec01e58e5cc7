// SPDX-License-Identifier: Apache-2.0
//
// The TLS context in force for one kind of connection, and what takes its place when its files
// change. Owned by the server.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/error.h"
#include "config/tls_config.h"
#include "tls/context.h"
#include "tls/reloader.h"

namespace paddock::runtime {

class TlsCredentials {
 public:
  using ContextPtr = std::shared_ptr<const tls::Context>;

  /// `whose`: whom it is for, in messages: "clients". *Errors*: which file cannot be used, and why.
  [[nodiscard]] static Result<std::unique_ptr<TlsCredentials>> open(const config::TlsConfig& config,
                                                                    std::string whose);

  /// The loop's thread: for the next connection.
  [[nodiscard]] const ContextPtr& in_force() const { return in_force_; }
  /// One other thread, about once a second. `post`: runs on the loop's thread what it is given.
  void look(const std::function<void(std::function<void()>)>& post);

 private:
  TlsCredentials(const config::TlsConfig& config, std::string whose)
      : config_(config), whose_(std::move(whose)) {}

  config::TlsConfig config_;
  std::string whose_;
  ContextPtr in_force_;
  std::optional<tls::Reloader> reloader_;  // the other thread's; none: what was read stays
};

}  // namespace paddock::runtime
