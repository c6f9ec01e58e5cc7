// SPDX-License-Identifier: Apache-2.0
#include "replica/comparison.h"

namespace paddock::replica {

election::ServerSet Comparison::wrong(const election::Quorums& quorums,
                                      const election::ServerSet& voters) const {
  for (const auto& [right, holders] : answers_) {
    if (!quorums.has_quorum(holders & voters)) continue;
    election::ServerSet others;
    for (const auto& [digest, servers] : answers_) {
      if (digest != right) others = others | servers;
    }
    return others;
  }
  return {};
}

}  // namespace paddock::replica
