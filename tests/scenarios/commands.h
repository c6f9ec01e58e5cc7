// SPDX-License-Identifier: Apache-2.0
//
// What the commands of a scenario mean (tests/scenarios/README.md lists them): each is checked and
// carried out in a World.
#pragma once

#include <string>
#include <vector>

#include "scenarios/world.h"

namespace paddock::scenarios {

using Words = std::vector<std::string>;

/// Carries out a command of at least one word. Returns what was wrong with it, or an expectation
/// that does not hold; empty if nothing was.
[[nodiscard]] std::string carry_out(const Words& words, World& world);

}  // namespace paddock::scenarios
