// SPDX-License-Identifier: Apache-2.0
//
// The limits of clients that are in force, and how the configuration becomes them. Any thread.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "config/client_limits.h"
#include "shard/client_limits.h"

namespace paddock::runtime {

[[nodiscard]] std::vector<shard::LimitRule> limit_rules(const config::ClientLimitMap& limits);

class LimitKeeper {
 public:
  explicit LimitKeeper(const config::ClientLimitMap& limits) { replace(limits); }

  /// Null: there are none.
  [[nodiscard]] std::shared_ptr<shard::ClientLimits> current() const {
    const std::lock_guard lock(mutex_);
    return current_;
  }
  void replace(const config::ClientLimitMap& limits) {
    auto next =
        limits.empty() ? nullptr : std::make_shared<shard::ClientLimits>(limit_rules(limits));
    const std::lock_guard lock(mutex_);
    current_ = std::move(next);
    map_ = limits;
  }
  /// What the current ones were made of.
  [[nodiscard]] config::ClientLimitMap map() const {
    const std::lock_guard lock(mutex_);
    return map_;
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<shard::ClientLimits> current_;
  config::ClientLimitMap map_;
};

}  // namespace paddock::runtime
