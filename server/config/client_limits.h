// SPDX-License-Identifier: Apache-2.0
//
// `paddock.limit.<name>.<what>`: limits of some clients together, or of requests for a part of the
// tree. A value.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace paddock::config {

/// 0 is no limit.
struct ClientLimit {
  /// Of `match`: what stands before its first colon, and what behind it ("any" has none).
  std::string scheme;
  std::string pattern;
  std::int64_t requests_per_second = 0;
  std::int64_t bytes_per_second = 0;
  std::int64_t connections = 0;
  std::int64_t watches = 0;
  std::int64_t sessions = 0;
  std::int64_t ephemerals = 0;
};

/// By name.
using ClientLimitMap = std::map<std::string, ClientLimit>;

inline constexpr std::size_t kClientLimitsMax = 64;

}  // namespace paddock::config
