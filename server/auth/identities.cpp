// SPDX-License-Identifier: Apache-2.0
#include "auth/identities.h"

#include <algorithm>
#include <utility>

namespace paddock::auth {

bool IdentitySet::contains(View scheme, View id) const {
  for (const jute::Id& known : ids_.view()) {
    if (known.scheme == scheme && known.id == id) return true;
  }
  return false;
}

void IdentitySet::forget_end(View scheme, View id) {
  std::erase_if(ends_, [&](const End& end) { return end.scheme == scheme && end.id == id; });
}

void IdentitySet::add(View scheme, View id) {
  if (!ends_.empty()) forget_end(scheme, id);
  if (!contains(scheme, id)) ids_.add({scheme, id});
}

void IdentitySet::add_until(View scheme, View id, WallTime end) {
  const bool had_end = std::ranges::any_of(
      ends_, [&](const End& known) { return known.scheme == scheme && known.id == id; });
  if (contains(scheme, id) && !had_end) return;
  add(scheme, id);
  ends_.push_back({std::string(scheme), std::string(id), end});
}

void IdentitySet::drop_expired(WallTime now) {
  const auto has_ended = [&](const jute::Id& id) {
    return std::ranges::any_of(ends_, [&](const End& end) {
      return end.at <= now && end.scheme == id.scheme && end.id == id.id;
    });
  };
  jute::ListBuilder<jute::Id> kept;
  for (const jute::Id& id : ids_.view()) {
    if (!has_ended(id)) kept.add(id);
  }
  ids_ = std::move(kept);
  std::erase_if(ends_, [&](const End& end) { return end.at <= now; });
}

}  // namespace paddock::auth
