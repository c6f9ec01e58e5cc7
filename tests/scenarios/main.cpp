// SPDX-License-Identifier: Apache-2.0
//
// scenario_test [--rewrite] DIRECTORY|FILE…: plays scenarios and compares their traces, line by
// line, with what is written. --rewrite writes what happened instead, unless an expectation or an
// invariant does not hold.
#include "scenarios/commands.h"
#include "scenarios/player.h"
#include "scenarios/world.h"

namespace {

using paddock::scenarios::Outcome;
using paddock::scenarios::World;

Outcome in(World& world, const std::vector<std::string>& words) {
  Outcome outcome;
  outcome.wrong = carry_out(words, world);
  outcome.trace = world.take_trace();
  if (outcome.wrong.empty()) outcome.wrong = world.violation();
  return outcome;
}

}  // namespace

int main(int argc, char** argv) {
  return paddock::scenarios::play_all(argc, argv, [](const paddock::scenarios::Script& written) {
    World world;
    return paddock::scenarios::play(
        written, [&](const std::vector<std::string>& words) { return in(world, words); });
  });
}
