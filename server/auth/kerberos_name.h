// SPDX-License-Identifier: Apache-2.0
//
// A name as Kerberos has them, in its parts: "service/host@REALM". Ids of the scheme sasl are such
// names. Pure. Source: ZooKeeper KerberosName.
#pragma once

#include <optional>
#include <string_view>

namespace paddock::auth {

struct KerberosName {
  std::string_view service;
  std::optional<std::string_view> host{};
  std::optional<std::string_view> realm{};

  /// Without an '@' all of it is the first part, slashes and all. Nothing if there is an '@' and
  /// the name is not of that form.
  [[nodiscard]] static std::optional<KerberosName> parse(std::string_view text);
};

}  // namespace paddock::auth
