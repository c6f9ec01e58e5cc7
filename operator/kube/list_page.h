// SPDX-License-Identifier: Apache-2.0
//
// One page of a list. Pure. Source: meta/v1 ListMeta.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "kube/object.h"

namespace paddock::kube {

struct ListPage {
  std::vector<json::value> items{};
  std::string resource_version{};  // of the state that all pages show
  std::string continue_token{};    // empty: this page is the last one
};

/// *Errors*: it is no list, or of objects without names.
[[nodiscard]] Result<ListPage> parse_list(json::value body);

}  // namespace paddock::kube
