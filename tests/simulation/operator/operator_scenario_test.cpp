// SPDX-License-Identifier: Apache-2.0
//
// operator_scenario_test [--rewrite] DIRECTORY|FILE…: what the operator does in a model cluster, as
// scenario_test does it for the protocol.
#include "simulation/operator/scenario_world.h"

int main(int argc, char** argv) {
  return paddock::scenarios::play_all(argc, argv, [](const paddock::scenarios::Script& written) {
    paddock::operator_simulation::ScenarioWorld world;
    return paddock::scenarios::play(
        written, [&](const std::vector<std::string>& words) { return world.carry_out(words); });
  });
}
