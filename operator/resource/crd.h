// SPDX-License-Identifier: Apache-2.0
//
// The CustomResourceDefinition of Ensemble and its documentation, made from the one description of
// the spec (api/describe.h) and the rules (api/rules.h). Pure.
#pragma once

#include <string>

#include "kube/object.h"

namespace paddock::resource {

namespace json = boost::json;

[[nodiscard]] json::value ensemble_definition();
/// Tables for docs/operator.md.
[[nodiscard]] std::string ensemble_reference();
/// The schema of `status` alone.
[[nodiscard]] json::object status_schema();

}  // namespace paddock::resource
