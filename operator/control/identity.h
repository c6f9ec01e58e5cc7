// SPDX-License-Identifier: Apache-2.0
//
// Who the operator is to an ensemble's servers: a certificate, or a name and a password. Both are
// in Secrets. Pure.
#pragma once

#include <string>

#include "control/cache.h"
#include "kube/credentials.h"
#include "objects/site.h"

namespace paddock::control {

struct Identity {
  kube::Credentials credentials{};
  /// "name:digest", as servers are told it; empty with TLS between servers.
  std::string digest{};
  /// There is one; without it servers can be looked at and nothing more.
  bool is_there = false;
};

[[nodiscard]] Identity identity_of(const Cache& cache, const objects::Site& site);

/// The Secret of a name and a password. Whoever makes the password makes it of chance.
[[nodiscard]] json::value credentials_secret(const objects::Site& site,
                                             const std::string& password);

}  // namespace paddock::control
