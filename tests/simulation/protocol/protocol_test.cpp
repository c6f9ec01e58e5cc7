// SPDX-License-Identifier: Apache-2.0
//
// protocol_test [--seed N] [--seeds COUNT] [--steps N]: ensembles of the bare protocol with faults
// of every kind. A failing run prints the command that replays it.
#include <cstdlib>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "simulation/protocol/cluster.h"

int main(int argc, char** argv) {
  std::uint64_t first = 1;
  std::uint64_t count = 500;
  int steps = 20000;
  const std::vector<std::string_view> words(argv + 1, argv + argc);
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
    const std::uint64_t value = std::strtoull(std::string(words[i + 1]).c_str(), nullptr, 10);
    if (words[i] == "--seed") first = value;
    if (words[i] == "--seeds") count = value;
    if (words[i] == "--steps") steps = static_cast<int>(value);
  }
  paddock::simulation::ClusterSummary total;
  int failed = 0;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    paddock::simulation::Cluster cluster(seed, steps);
    const std::string wrong = cluster.run();
    total += cluster.summary();
    if (wrong.empty()) continue;
    ++failed;
    fmt::print("seed {}: {}\nreplay: protocol_test --seed {} --seeds 1 --steps {}\n",
               seed,
               wrong,
               seed,
               steps);
  }
  fmt::print(
      "{} ensembles, {} failed: {} committed, {} elections, {} epochs, {} crashes, {} broken "
      "links, {} handovers, {} truncations, {} snapshots installed, {} refused, {} barriers, {} "
      "lost disks, "
      "{} reconfigurations, {} rebuilds, {} feeders, {} fed\n",
      count,
      failed,
      total.committed,
      total.elections,
      total.epochs,
      total.crashes,
      total.broken_links,
      total.handovers,
      total.truncations,
      total.snapshots_installed,
      total.snapshots_refused,
      total.barriers,
      total.lost_disks,
      total.reconfigurations,
      total.rebuilds,
      total.feeders,
      total.fed);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
