// SPDX-License-Identifier: Apache-2.0
#include "replica/comparison.h"

namespace paddock::replica {

void Comparison::add(ServerId server, std::uint64_t digest) {
  for (auto& [other, servers] : answers_) servers.erase(server);
  std::erase_if(answers_, [](const auto& answer) { return answer.second.empty(); });
  answers_[digest].insert(server);
}

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
