// SPDX-License-Identifier: Apache-2.0
//
// ensemble_test [--seed N] [--seeds COUNT] [--steps N]: whole ensembles with faults of every kind.
// A failing run prints the command that replays it.
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "simulation/ensemble_world.h"

int main(int argc, char** argv) {
  spdlog::set_level(spdlog::level::off);
  std::uint64_t first = 1;
  std::uint64_t count = 100;
  int steps = 30000;
  const std::vector<std::string_view> words(argv + 1, argv + argc);
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
    const std::uint64_t value = std::strtoull(std::string(words[i + 1]).c_str(), nullptr, 10);
    if (words[i] == "--seed") first = value;
    if (words[i] == "--seeds") count = value;
    if (words[i] == "--steps") steps = static_cast<int>(value);
  }
  paddock::simulation::EnsembleSummary total;
  int failed = 0;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    paddock::simulation::EnsembleWorld world(seed, steps);
    const std::string wrong = world.run();
    total += world.summary();
    if (wrong.empty()) continue;
    ++failed;
    fmt::print("seed {}: {}\nreplay: ensemble_test --seed {} --seeds 1 --steps {}\n",
               seed,
               wrong,
               seed,
               steps);
  }
  fmt::print(
      "{} ensembles, {} failed: {} requests, {} events, {} crashes, {} starts, {} elections, {} "
      "handovers, {} broken links, {} snapshots, {} installed, {} sessions lost, {} moves, {} "
      "reconfigurations, {} s simulated\n",
      count,
      failed,
      total.requests,
      total.events,
      total.crashes,
      total.starts,
      total.elections,
      total.handovers,
      total.broken_links,
      total.snapshots,
      total.installed,
      total.sessions_lost,
      total.moves,
      total.reconfigurations,
      total.simulated_s);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
