// SPDX-License-Identifier: Apache-2.0
//
// simulation_test [--seed N] [--seeds COUNT] [--steps N]: runs worlds; without arguments, the seeds
// that once failed (seeds.txt, compiled in) and a fixed range. A failing run prints the command
// that replays it.
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "simulation/world.h"

namespace {

struct Arguments {
  std::uint64_t first = 1;
  std::uint64_t count = 200;
  int steps = 20000;
};

constexpr std::uint64_t kSeedsThatFailed[] = {
#include "simulation/seeds.txt"
};

std::uint64_t number(std::string_view text) {
  std::uint64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) {
    fmt::print(stderr, "'{}' is not a number\n", text);
    std::exit(2);
  }
  return value;
}

bool run(std::uint64_t seed, int steps, paddock::simulation::Summary& total) {
  paddock::simulation::World world(seed);
  const std::string wrong = world.run(steps);
  const auto& summary = world.summary();
  total.requests += summary.requests;
  total.events += summary.events;
  total.crashes += summary.crashes;
  total.restarts += summary.restarts;
  total.snapshots += summary.snapshots;
  total.sessions_lost += summary.sessions_lost;
  if (wrong.empty()) return true;
  fmt::print("seed {}: {}\nreplay: simulation_test --seed {} --seeds 1 --steps {}\n",
             seed,
             wrong,
             seed,
             steps);
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  spdlog::set_level(spdlog::level::off);
  Arguments arguments;
  bool ranged = false;
  const std::vector<std::string_view> words(argv + 1, argv + argc);
  for (std::size_t i = 0; i < words.size(); i += 2) {
    if (i + 1 == words.size()) {
      fmt::print(stderr, "usage: simulation_test [--seed N] [--seeds COUNT] [--steps N]\n");
      return 2;
    }
    const std::uint64_t value = number(words[i + 1]);
    if (words[i] == "--seed") arguments.first = value;
    if (words[i] == "--seeds") arguments.count = value;
    if (words[i] == "--steps") arguments.steps = static_cast<int>(value);
    ranged = ranged || words[i] == "--seed";
  }
  paddock::simulation::Summary total;
  int failed = 0;
  if (!ranged) {
    for (const std::uint64_t seed : kSeedsThatFailed)
      failed += run(seed, arguments.steps, total) ? 0 : 1;
  }
  for (std::uint64_t seed = arguments.first; seed < arguments.first + arguments.count; ++seed) {
    failed += run(seed, arguments.steps, total) ? 0 : 1;
  }
  fmt::print("{} seeds, {} failed: {} requests, {} events, {} crashes, {} starts, {} snapshots\n",
             arguments.count,
             failed,
             total.requests,
             total.events,
             total.crashes,
             total.restarts,
             total.snapshots);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
