// SPDX-License-Identifier: Apache-2.0
//
// How many connections each address, and all of them, may have. Used by the listener's thread when
// it accepts and by shards' threads when a connection ends.
#pragma once

#include <mutex>
#include <string>

#include <boost/unordered/unordered_flat_map.hpp>

namespace paddock::runtime {

class ConnectionLimits {
 public:
  /// 0: no limit.
  ConnectionLimits(int per_address_max, int total_max)
      : per_address_max_(per_address_max), total_max_(total_max) {}

  enum class Verdict : std::uint8_t {
    Accepted,
    TooManyOfAddress,
    TooMany
  };

  /// Counts one more connection of `ip`, unless a limit is reached.
  [[nodiscard]] Verdict acquire(const std::string& ip);
  void release(const std::string& ip);

 private:
  const int per_address_max_;
  const int total_max_;
  std::mutex mutex_;
  int total_ = 0;
  boost::unordered_flat_map<std::string, int> by_address_;
};

}  // namespace paddock::runtime
