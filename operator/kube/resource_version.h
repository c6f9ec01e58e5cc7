// SPDX-License-Identifier: Apache-2.0
//
// Which of two resourceVersions of one kind of object is newer. Pure. They are decimals of any
// length; those of servers that write something else cannot be compared.
// Source: apimachinery, CompareResourceVersion.
#pragma once

#include <compare>

#include "base/bytes.h"

namespace paddock::kube {

[[nodiscard]] std::partial_ordering compare_resource_versions(View a, View b);

}  // namespace paddock::kube
