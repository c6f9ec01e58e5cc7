// SPDX-License-Identifier: Apache-2.0
//
// The page of GET /admin/member as the planner wants it; docs/api.md has the page. Total: of a
// server that leaves something out it is not known. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "kube/object.h"
#include "observe/member_report.h"

namespace paddock::control {

namespace json = boost::json;

/// The number of the CA of ours that certificates name with this key id.
using AuthorityNumber = std::function<std::optional<std::int32_t>(std::string_view key_id)>;

/// *Errors*: it is no such page, or that of a server outside of any ensemble.
[[nodiscard]] Result<observe::MemberReport> parse_member_page(const json::value& page,
                                                              const AuthorityNumber& number_of);

}  // namespace paddock::control
