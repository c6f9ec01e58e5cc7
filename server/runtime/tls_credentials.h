// SPDX-License-Identifier: Apache-2.0
//
// The TLS context in force for one kind of connection, and what takes its place when its files
// change: taken by the threads that make connections, replaced by the one that looks at the files.
// Owned by the server.
#pragma once

#include <memory>
#include <mutex>
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

  /// Any thread: for the next connection.
  [[nodiscard]] ContextPtr in_force() const {
    const std::lock_guard lock(mutex_);
    return in_force_;
  }
  /// One thread, about once a second.
  void look();

 private:
  TlsCredentials(const config::TlsConfig& config, std::string whose)
      : config_(config), whose_(std::move(whose)) {}

  config::TlsConfig config_;
  std::string whose_;
  std::optional<tls::Reloader> reloader_;  // of the thread that looks; none: what was read stays
  mutable std::mutex mutex_;
  ContextPtr in_force_;
};

}  // namespace paddock::runtime
