// SPDX-License-Identifier: Apache-2.0
//
// How the tree names an access control list, and what is in one.
#pragma once

#include <cstdint>
#include <string>

namespace paddock::tree {

/// An interned access control list; 0 is world:anyone with all permissions.
enum class AclId : std::uint32_t {
};
inline constexpr AclId kOpenAcl{0};

struct AclEntry {
  std::int32_t perms = 0;
  std::string scheme;
  std::string id;
  friend bool operator==(const AclEntry&, const AclEntry&) = default;
};

}  // namespace paddock::tree
