// SPDX-License-Identifier: Apache-2.0
#include "kube/list_page.h"

namespace paddock::kube {

Result<ListPage> parse_list(json::value body) {
  ListPage page{.resource_version = std::string(resource_version_of(body)),
                .continue_token = std::string(text_at(body, {"metadata", "continue"}))};
  if (page.resource_version.empty()) return fail("a list without a resourceVersion");
  json::value* const items = body.get_object().if_contains("items");
  if (items == nullptr) return fail("a list without items");
  if (items->is_null()) return page;  // Go's way to write a list that has none
  if (!items->is_array()) return fail("a list whose items are none");
  for (json::value& item : items->get_array()) {
    if (key_of(item).name.empty()) return fail("a list with an object that has no name");
    page.items.push_back(std::move(item));
  }
  return page;
}

}  // namespace paddock::kube
