// SPDX-License-Identifier: Apache-2.0
//
// The key set that clients' tokens are checked by, and what takes its place when its file changes.
// Owned by the server.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "base/error.h"
#include "config/server_config.h"
#include "jwt/verifier.h"
#include "runtime/log_rate.h"

namespace paddock::runtime {

class TokenKeys {
 public:
  /// *Errors*: the file cannot be read, or is no key set.
  [[nodiscard]] static Result<std::unique_ptr<TokenKeys>> open(const config::JwtConfig& config);

  [[nodiscard]] const jwt::Verifier& verifier() const { return *verifier_; }
  /// One other thread, about once a second.
  void look();

 private:
  explicit TokenKeys(std::string path) : path_(std::move(path)) {}
  void log_refusal(const std::string& why);

  std::string path_;
  std::string text_;  // as last seen, good or not
  std::unique_ptr<jwt::Verifier> verifier_;
  std::mutex mutex_;  // guards what follows
  LogRate refusals_{10, seconds(10)};
};

}  // namespace paddock::runtime
