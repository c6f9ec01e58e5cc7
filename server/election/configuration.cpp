// SPDX-License-Identifier: Apache-2.0
#include "election/configuration.h"

namespace paddock::election {
namespace {

std::int64_t weight_of(const Configuration& configuration, const ServerSet& servers) {
  std::int64_t sum = 0;
  servers.for_each([&](ServerId id) {
    const auto found = configuration.weights.find(id);
    sum += found == configuration.weights.end() ? 1 : found->second;
  });
  return sum;
}

}  // namespace

bool Configuration::has_quorum(const ServerSet& servers) const {
  const ServerSet counted = servers & voters;
  if (groups.empty()) return counted.size() > voters.size() / 2;
  std::size_t counting = 0;
  std::size_t won = 0;
  for (const ServerSet& group : groups) {
    const std::int64_t all = weight_of(*this, group & voters);
    if (all == 0) continue;
    ++counting;
    if (weight_of(*this, group & counted) > all / 2) ++won;
  }
  return won > counting / 2;
}

}  // namespace paddock::election
