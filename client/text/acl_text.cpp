// SPDX-License-Identifier: Apache-2.0
#include "client_text/acl_text.h"

#include <utility>

#include <fmt/format.h>

#include "jute/permissions.h"

namespace paddock::client {

namespace {

Result<Acl> parse_entry(View text) {
  const std::size_t first = text.find(':');
  const std::size_t last = text.rfind(':');
  if (first == last || first == 0) {
    return fail(fmt::format("{} does not have the form scheme:id:perm", text));
  }
  const auto perms = jute::parse_permissions(text.substr(last + 1));
  if (!perms) {
    return fail(fmt::format("'{}' is no permission: use letters of cdrwa", perms.error()));
  }
  return Acl{*perms,
             std::string(text.substr(0, first)),
             std::string(text.substr(first + 1, last - first - 1))};
}

}  // namespace

Result<std::vector<Acl>> parse_acl(View text) {
  std::vector<Acl> acl;
  View rest = text;
  while (true) {
    const std::size_t comma = rest.find(',');
    auto entry = parse_entry(rest.substr(0, comma));
    if (!entry) return std::unexpected(std::move(entry).error());
    acl.push_back(std::move(*entry));
    if (comma == View::npos) return acl;
    rest.remove_prefix(comma + 1);
  }
}

}  // namespace paddock::client
