// SPDX-License-Identifier: Apache-2.0
//
// What must hold of a spec beyond the bounds of each field: in CEL for the API server, and the same
// as a function, for servers that know no CEL. Constant data.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "api/ensemble_spec.h"

namespace paddock::api {

struct Rule {
  /// As in the resource, below spec.
  std::string_view field;
  /// `self` is the spec.
  std::string_view cel;
  std::string_view message;
  bool (*holds)(const EnsembleSpec& spec);
};

/// Of a change; `oldSelf` is the spec before.
struct ChangeRule {
  std::string_view field;
  std::string_view cel;
  std::string_view message;
  bool (*holds)(const EnsembleSpec& before, const EnsembleSpec& after);
};

[[nodiscard]] std::span<const Rule> rules();
[[nodiscard]] std::span<const ChangeRule> change_rules();
/// Made from the catalogue: no key of `config` is the operator's own.
[[nodiscard]] std::string config_cel();

}  // namespace paddock::api
