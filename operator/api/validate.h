// SPDX-License-Identifier: Apache-2.0
//
// What must hold of a spec, and of the change from the one before. The manifest says much of it in
// CEL, which older API servers leave out; so all of it is said here. Pure.
#pragma once

#include <string>
#include <vector>

#include "api/ensemble_spec.h"
#include "model/product_version.h"

namespace paddock::api {

struct Problem {
  /// As in the resource: "spec.voters.replicas".
  std::string field;
  /// What is wrong and what to write instead.
  std::string message;
};

[[nodiscard]] std::vector<Problem> validate(const EnsembleSpec& spec);

/// `level`: the feature level in force, 0 before there is one.
[[nodiscard]] std::vector<Problem> validate_version(const EnsembleSpec& spec,
                                                    const model::ReleaseCatalog& releases,
                                                    std::uint32_t level);

/// What cannot be changed once disks exist.
[[nodiscard]] std::vector<Problem> validate_change(const EnsembleSpec& before,
                                                   const EnsembleSpec& after);

/// All in one sentence.
[[nodiscard]] std::string to_text(const std::vector<Problem>& problems);

}  // namespace paddock::api
