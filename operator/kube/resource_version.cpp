// SPDX-License-Identifier: Apache-2.0
#include "kube/resource_version.h"

namespace paddock::kube {

namespace {

bool is_decimal(View text) {
  return !text.empty() && text.front() != '0' && text.find_first_not_of("0123456789") == View::npos;
}

}  // namespace

std::partial_ordering compare_resource_versions(View a, View b) {
  if (!is_decimal(a) || !is_decimal(b)) return std::partial_ordering::unordered;
  if (a.size() != b.size()) return a.size() <=> b.size();
  return a <=> b;
}

}  // namespace paddock::kube
