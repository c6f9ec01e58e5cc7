// SPDX-License-Identifier: Apache-2.0
//
// Somebody who may do something, as keys name it: a scheme and an id, as in ACLs. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace paddock::config {

struct Principal {
  std::string scheme;
  std::string id;

  friend bool operator==(const Principal&, const Principal&) = default;
};

/// "digest:user:hash", "x509:CN=alice,O=Example", "ip:10.0.0.0/8", "world:anyone". *Errors*: what
/// is expected.
[[nodiscard]] Result<Principal> parse_principal(std::string_view text);

}  // namespace paddock::config
