// SPDX-License-Identifier: Apache-2.0
//
// ensemble_test [--seed N] [--seeds COUNT] [--steps N]: whole ensembles with faults of every kind.
// A failing run prints the command that replays it.
#include <array>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "simulation/ensemble_world.h"

namespace {

/// In the order of zab::Message.
constexpr auto kMessages = std::to_array<std::string_view>(
    {"Notification", "JoinRequest",   "NotLeading",   "NewEpoch",    "EpochAck",
     "SyncFrom",     "SnapshotPiece", "SnapshotAck",  "NewLeader",   "NewLeaderAck",
     "UpToDate",     "Franchise",     "FranchiseAck", "Append",      "Ack",
     "Commit",       "Handover",      "FeedFrom",     "FeedRequest", "FeedEnd"});

/// "COUNT WHAT, …": tests/simulation/run adds these up.
std::string text_of(const paddock::simulation::EnsembleSummary& total) {
  std::string text = fmt::format(
      "{} requests, {} events, {} moves, {} sessions lost, {} elections, {} handovers, {} "
      "reconfigurations, {} starts, {} crashes, {} pauses, {} clock jumps, {} partitions, {} "
      "cut pairs, {} broken links, {} stalled links, {} read-only connections, {} snapshots, {} "
      "installed, {} rebuilds, {} feature levels, {} fed, {} seconds simulated",
      total.requests,
      total.events,
      total.moves,
      total.sessions_lost,
      total.elections,
      total.handovers,
      total.reconfigurations,
      total.starts,
      total.crashes,
      total.pauses,
      total.clock_jumps,
      total.partitions,
      total.cut_pairs,
      total.broken_links,
      total.stalled_links,
      total.read_only_connections,
      total.snapshots,
      total.installed,
      total.rebuilds,
      total.levels,
      total.fed,
      total.simulated_s);
  static_assert(kMessages.size() == std::tuple_size_v<decltype(total.messages)>);
  for (std::size_t i = 0; i < kMessages.size(); ++i) {
    text += fmt::format(", {} {}", total.messages[i], kMessages[i]);
  }
  return text;
}

}  // namespace

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
  fmt::print("{} ensembles, {} failed: {}\n", count, failed, text_of(total));
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
