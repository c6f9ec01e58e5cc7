// SPDX-License-Identifier: Apache-2.0
//
// Strategic merge as far as pod templates need it: objects member by member; lists whose elements
// have a name element by element; everything else is replaced. No `$patch` directives. Pure.
// Source: the patchMergeKey marks of core/v1 PodSpec.
#pragma once

#include <string_view>

#include "kube/object.h"

namespace paddock::objects {

namespace json = boost::json;

/// What `over` says counts.
[[nodiscard]] json::value merge(const json::value& base, const json::value& over);
/// `list`: the name of a member of a PodSpec; empty if its elements have no name.
[[nodiscard]] std::string_view merge_key_of(std::string_view list);

}  // namespace paddock::objects
