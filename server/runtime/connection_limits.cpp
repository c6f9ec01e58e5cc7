// SPDX-License-Identifier: Apache-2.0
#include "runtime/connection_limits.h"

#include "base/assert.h"

namespace paddock::runtime {

ConnectionLimits::Verdict ConnectionLimits::acquire(const std::string& ip) {
  const std::lock_guard lock(mutex_);
  if (total_max_ > 0 && total_ >= total_max_) return Verdict::TooMany;
  int& count = by_address_[ip];
  if (per_address_max_ > 0 && count >= per_address_max_) return Verdict::TooManyOfAddress;
  ++count;
  ++total_;
  return Verdict::Accepted;
}

void ConnectionLimits::release(const std::string& ip) {
  const std::lock_guard lock(mutex_);
  const auto at = by_address_.find(ip);
  PADDOCK_ASSERT(at != by_address_.end() && at->second > 0 && total_ > 0);
  --total_;
  if (--at->second == 0) by_address_.erase(at);
}

}  // namespace paddock::runtime
