// SPDX-License-Identifier: Apache-2.0
//
// plan(): what is to be done now about one ensemble. Pure and total: no clock, no memory, nothing
// asked of anybody; the same sight gives the same plan, so an operator that starts anew goes on
// where the last one stopped. By type a plan holds at most one disruptive action.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/ensemble_spec.h"
#include "api/ensemble_status.h"
#include "observe/observed.h"
#include "plan/action.h"
#include "plan/reason.h"

namespace paddock::plan {

/// What the user wants, with defaults.
struct Desired {
  api::EnsembleSpec spec;
  api::Wishes wishes;
  /// What api::validate() and its like found; empty: the spec counts. If it does not, what stands
  /// is kept alive and nothing else is changed.
  std::string problems;
  /// The number of the newest CA; 0: no certificates of ours.
  std::int32_t authority = 0;
};

struct Plan {
  std::vector<Harmless> harmless;
  std::optional<Disruptive> disruptive;
  Next next;
  api::EnsembleStatus status;
  /// When to look again if nothing changes.
  seconds look_again{60};
};

[[nodiscard]] Plan plan(const Desired& desired, const observe::Observed& observed);

}  // namespace paddock::plan
