// SPDX-License-Identifier: Apache-2.0
//
// operator_simulation_test [--seed N] [--seeds COUNT] [--tell 1]: lives of Ensembles with faults of
// every kind. A failing run prints the command that replays it; --tell prints what happens.
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "simulation/operator/simulation.h"

int main(int argc, char** argv) {
  std::uint64_t first = 1;
  std::uint64_t count = 2000;
  bool is_told = false;
  const std::vector<std::string_view> words(argv + 1, argv + argc);
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
    const std::uint64_t value = std::strtoull(std::string(words[i + 1]).c_str(), nullptr, 10);
    if (words[i] == "--seed") first = value;
    if (words[i] == "--seeds") count = value;
    if (words[i] == "--tell") is_told = value != 0;
  }
  int failed = 0;
  std::map<std::string, std::int64_t> totals;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    paddock::operator_simulation::Simulation simulation(seed, is_told);
    const std::string wrong = simulation.run();
    for (const auto& [what, times] : simulation.counts()) totals[what] += times;
    if (wrong.empty()) continue;
    ++failed;
    if (is_told) fmt::print("{}", simulation.describe());
    fmt::print("seed {}: {}\nreplay: operator_simulation_test --seed {} --seeds 1 --tell 1\n",
               seed,
               wrong,
               seed);
  }
  std::string text;
  for (const auto& [what, times] : totals) text += fmt::format(", {} {}", times, what);
  fmt::print("{} ensembles, {} failed: {}\n", count, failed, text.empty() ? text : text.substr(2));
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
