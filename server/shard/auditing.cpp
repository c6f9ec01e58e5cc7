// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <utility>

#include "shard/shard_impl.h"

namespace paddock::shard {

namespace {

/// As much as is kept of what somebody calls itself who need not be anybody.
constexpr std::size_t kClaimMax = 256;

}  // namespace

audit::Client Shard::Impl::client_of(const Connection& connection) {
  return {.session = connection.session,
          .identities = connection.identities.view(),
          .ip = connection.ip};
}

void Shard::Impl::audit_authentication(const Connection& connection,
                                       View scheme,
                                       std::vector<audit::User> users,
                                       bool is_good,
                                       WallTime now) {
  if (!trail) return;
  for (audit::User& user : users) user.name.resize(std::min(user.name.size(), kClaimMax));
  trail->tell({.at = now,
               .session = connection.session,
               .users = std::move(users),
               .ip = connection.ip,
               .operation = audit::Operation::Authenticate,
               .scheme = std::string(scheme.substr(0, kClaimMax)),
               .outcome = is_good ? audit::Outcome::Success : audit::Outcome::Failure});
}

void Shard::Impl::publish_audit(Effects& effects) {
  audit::Events& told = trail->told();
  if (told.empty()) return;
  if (effects.audit.empty()) {
    effects.audit.swap(told);
    return;
  }
  std::ranges::move(told, std::back_inserter(effects.audit));
  told.clear();
}

}  // namespace paddock::shard
