// SPDX-License-Identifier: Apache-2.0
//
// The text that quota nodes hold: "count=5,bytes=100=;byteHardLimit=-1;countHardLimit=10". -1 is
// "no limit". Pure. Source: ZooKeeper StatsTrack, Quotas.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/error.h"

namespace paddock::client {

struct Quota {
  std::int64_t count = -1;
  std::int64_t bytes = -1;
  std::int64_t count_hard = -1;
  std::int64_t bytes_hard = -1;
  /// Whether the hard limits are written; the text of older servers has none.
  bool has_hard = false;

  friend bool operator==(const Quota&, const Quota&) = default;
};

/// Unknown keys are ignored, absent ones are -1. Error: a value that is not a number.
[[nodiscard]] Result<Quota> parse_quota(View text);

/// In the order that every version can read: count, bytes, then what older ones skip.
[[nodiscard]] std::string to_string(const Quota& quota);

inline constexpr View kQuotaRoot = "/zookeeper/quota";
/// Where the limits and the counted usage of `path` are kept.
[[nodiscard]] std::string quota_path(View path);
[[nodiscard]] std::string quota_limits_path(View path);
[[nodiscard]] std::string quota_stats_path(View path);
inline constexpr View kQuotaLimitsName = "zookeeper_limits";
inline constexpr View kQuotaStatsName = "zookeeper_stats";

}  // namespace paddock::client
