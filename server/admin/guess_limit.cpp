// SPDX-License-Identifier: Apache-2.0
#include "admin/guess_limit.h"

#include <algorithm>
#include <functional>

namespace paddock::admin {

bool GuessLimit::may_try(View ip, MonotonicTime now) const {
  const auto found = addresses_.find(std::string(ip));
  return found == addresses_.end() || found->second.forgiven_at <= now + (kAtOnce - 1) * kEvery;
}

void GuessLimit::on_refused(View ip, View credential, MonotonicTime now) {
  const std::string address(ip);
  if (addresses_.size() >= kAddressesMax && !addresses_.contains(address)) make_room(now);
  const auto [found, is_new] = addresses_.try_emplace(address);
  Address& from = found->second;
  const std::size_t hash = std::hash<View>{}(credential);
  if (!is_new && hash == from.last) return;
  from.last = hash;
  from.forgiven_at = std::max(from.forgiven_at, now) + kEvery;
}

void GuessLimit::make_room(MonotonicTime now) {
  boost::unordered::erase_if(addresses_,
                             [now](const auto& each) { return each.second.forgiven_at <= now; });
  if (addresses_.size() < kAddressesMax) return;
  addresses_.erase(std::ranges::min_element(
      addresses_, {}, [](const auto& each) { return each.second.forgiven_at; }));
}

}  // namespace paddock::admin
