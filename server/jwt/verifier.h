// SPDX-License-Identifier: Apache-2.0
//
// Checks tokens by the keys in force, which may be replaced while others check. All threads.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "jwt/key_set.h"
#include "jwt/token.h"

namespace paddock::jwt {

class Verifier {
 public:
  using KeysPtr = std::shared_ptr<const KeySet>;

  /// `on_refused`: told why each token that is not good is not, on the thread that checks it.
  Verifier(Rules rules, KeysPtr keys, std::function<void(const std::string& why)> on_refused = {})
      : rules_(std::move(rules)), keys_(std::move(keys)), on_refused_(std::move(on_refused)) {}

  /// For tokens from now on.
  void set_keys(KeysPtr keys) {
    const std::lock_guard lock(mutex_);
    keys_ = std::move(keys);
  }
  /// As jwt::bearer_of().
  [[nodiscard]] Result<Bearer> bearer_of(View token, WallTime now) const {
    auto bearer = jwt::bearer_of(token, *keys(), rules_, now);
    if (!bearer && on_refused_) on_refused_(bearer.error().message);
    return bearer;
  }

 private:
  [[nodiscard]] KeysPtr keys() const {
    const std::lock_guard lock(mutex_);
    return keys_;
  }

  const Rules rules_;
  mutable std::mutex mutex_;
  KeysPtr keys_;
  const std::function<void(const std::string&)> on_refused_;
};

}  // namespace paddock::jwt
