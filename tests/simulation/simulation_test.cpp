// SPDX-License-Identifier: Apache-2.0
//
// simulation_test [--seed N] [--seeds COUNT] [--steps N]: runs worlds with faults of every kind;
// simulation_test --seed N --steps N --crash-at N: one world whose disk crashes once;
// simulation_test --everywhere SEEDS: short worlds, once for each operation of their disk, which
// crashes there. Without --seed, seeds that once failed (seeds.txt, compiled in) come first. A
// failing run prints the command that replays it.
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "simulation/world.h"

namespace {

using paddock::simulation::Plan;
using paddock::simulation::Summary;
using paddock::simulation::World;

constexpr int kShortSteps = 2500;

struct Arguments {
  std::uint64_t first = 1;
  std::uint64_t count = 200;
  std::uint64_t everywhere = 0;
  std::uint64_t crash_at = 0;
  int steps = 20000;
  bool has_seed = false;
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

Arguments parse(const std::vector<std::string_view>& words) {
  Arguments arguments;
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
    const std::uint64_t value = number(words[i + 1]);
    if (words[i] == "--seed") {
      arguments.first = value;
      arguments.has_seed = true;
    } else if (words[i] == "--seeds") {
      arguments.count = value;
    } else if (words[i] == "--steps") {
      arguments.steps = static_cast<int>(value);
    } else if (words[i] == "--crash-at") {
      arguments.crash_at = value;
    } else if (words[i] == "--everywhere") {
      arguments.everywhere = value;
    } else {
      fmt::print(stderr, "there is no option {}\n", words[i]);
      std::exit(2);
    }
  }
  return arguments;
}

class Runs {
 public:
  void run(std::uint64_t seed, const Plan& plan) {
    World world(seed, plan);
    const std::string wrong = world.run();
    total_ += world.summary();
    ++count_;
    if (wrong.empty()) return;
    ++failed_;
    fmt::print("seed {}: {}\nreplay: simulation_test --seed {} --seeds 1 --steps {}",
               seed,
               wrong,
               seed,
               plan.steps);
    fmt::print("{}\n", plan.crash_at == 0 ? "" : fmt::format(" --crash-at {}", plan.crash_at));
  }

  void crash_everywhere(std::uint64_t seed) {
    World healthy(seed, {.steps = kShortSteps, .has_faults = false});
    const std::string wrong = healthy.run();
    if (!wrong.empty()) {
      ++failed_;
      fmt::print("seed {}, without any crash: {}\n", seed, wrong);
    }
    for (std::uint64_t at = 1; at <= healthy.disk_operations(); ++at) {
      run(seed, {.steps = kShortSteps, .crash_at = at});
    }
  }

  [[nodiscard]] int finish() const {
    fmt::print(
        "{} worlds, {} failed: {} requests, {} events, {} crashes, {} starts, {} snapshots, {} "
        "sessions "
        "lost, {} disk errors; of rotten disks {} were refused, {} recovered\n",
        count_,
        failed_,
        total_.requests,
        total_.events,
        total_.crashes,
        total_.restarts,
        total_.snapshots,
        total_.sessions_lost,
        total_.disk_errors,
        total_.refused,
        total_.recovered);
    return failed_ == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
  }

 private:
  Summary total_;
  int count_ = 0;
  int failed_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  spdlog::set_level(spdlog::level::off);
  const Arguments arguments = parse({argv + 1, argv + argc});
  Runs runs;
  if (!arguments.has_seed) {
    for (const std::uint64_t seed : kSeedsThatFailed) runs.run(seed, {.steps = arguments.steps});
  }
  for (std::uint64_t seed = arguments.first; seed < arguments.first + arguments.count; ++seed) {
    runs.run(seed, {.steps = arguments.steps, .crash_at = arguments.crash_at});
  }
  for (std::uint64_t seed = 1; seed <= arguments.everywhere; ++seed) runs.crash_everywhere(seed);
  return runs.finish();
}
