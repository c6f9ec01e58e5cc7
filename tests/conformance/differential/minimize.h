// SPDX-License-Identifier: Apache-2.0
//
// Shortens a failing sequence of steps by playing parts of it again, each time below a new root.
#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "player.h"
#include "step.h"

namespace paddock::conformance {

struct Minimized {
  std::vector<Step> steps;
  std::optional<Mismatch> mismatch;  // Of `steps`; none if the whole sequence no longer fails.
};

/// Drops ever smaller chunks of steps, then single requests, for as long as the rest still fails.
[[nodiscard]] Minimized minimize(std::vector<Step> steps,
                                 const PlayerOptions& place,
                                 std::chrono::seconds budget);

}  // namespace paddock::conformance
