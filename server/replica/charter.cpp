// SPDX-License-Identifier: Apache-2.0
#include "replica/charter.h"

#include <algorithm>
#include <limits>

namespace paddock::replica {

std::uint32_t common_level(const election::Quorums& quorums, const FeatureLevels& levels) {
  std::uint32_t common = std::numeric_limits<std::uint32_t>::max();
  for (const auto& [id, level] : levels) common = std::min(common, level);
  const auto need = [&](ServerId member) {
    if (!levels.contains(member)) common = 0;
  };
  quorums.committed.voters.for_each(need);
  quorums.committed.observers.for_each(need);
  if (quorums.pending) {
    quorums.pending->voters.for_each(need);
    quorums.pending->observers.for_each(need);
  }
  return levels.empty() ? 0 : common;
}

}  // namespace paddock::replica
