// SPDX-License-Identifier: Apache-2.0
//
// The random differential test: plays the same random operations of several sessions on two servers
// and compares every reply and event. A failure prints the seed, the step and a shorter sequence
// that fails.
#include <chrono>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "arguments/arguments.h"
#include "generator.h"
#include "minimize.h"
#include "player.h"

namespace paddock::conformance {
namespace {

struct Options {
  std::string first;
  std::string second;
  std::uint64_t seed = 1;
  std::uint64_t operations = 100'000;
  std::size_t sessions = 6;
  int minimize_seconds = 40;
  bool tally = false;
  bool second_is_apache = false;
};

/// How often each opcode ended with each code: shows what the generator reaches.
using Tally = std::map<std::pair<jute::Opcode, std::int32_t>, std::uint64_t>;

/// Stands in a tally for a multi that was answered with a failing operation.
constexpr std::int32_t kMultiFailed = 1;

Endpoint endpoint(const std::string& text) {
  const auto colon = text.rfind(':');
  return {text.substr(0, colon), static_cast<std::uint16_t>(std::stoi(text.substr(colon + 1)))};
}

struct Outcome {
  Tally tally;
  std::vector<Step> steps;
  std::optional<Mismatch> mismatch;
};

/// Draws and plays steps until enough operations were compared or one differs.
Outcome run(const Options& options, Player& player, const std::string& root) {
  Generator generator({options.seed, options.sessions});
  Outcome outcome;
  const auto learn = [&](const Request& request, const Reply& reply) {
    generator.learn(request, reply, root);
    const std::int32_t code = reply.multi_failed ? kMultiFailed : reply.error;
    ++outcome.tally[{request.opcode, code}];
  };
  outcome.mismatch = player.start();
  for (Step& step : generator.preparation()) {
    outcome.steps.push_back(std::move(step));
    if (!outcome.mismatch) outcome.mismatch = player.play(outcome.steps.back(), learn);
  }
  while (!outcome.mismatch && player.requests() < options.operations) {
    outcome.steps.push_back(generator.next());
    outcome.mismatch = player.play(outcome.steps.back(), learn);
  }
  if (!outcome.mismatch) outcome.mismatch = player.finish();
  return outcome;
}

int report_failure(const Options& options, const PlayerOptions& place, const Outcome& outcome) {
  fmt::print("differential: seed {}: difference at step {}: {}\n",
             options.seed,
             outcome.steps.size(),
             outcome.mismatch->text);
  fmt::print("  in step {}\n", describe(outcome.steps.back()));
  fmt::print("replay: tests/conformance/run --only differential --seed {} --ops {}\n",
             options.seed,
             options.operations);
  std::fflush(stdout);
  const Minimized shorter =
      minimize(outcome.steps, place, std::chrono::seconds(options.minimize_seconds));
  if (!shorter.mismatch) {
    fmt::print("the same steps did not differ when played again\n");
    return 1;
  }
  fmt::print("shortest sequence found ({} steps):\n", shorter.steps.size());
  for (const Step& step : shorter.steps) fmt::print("    {}\n", describe(step));
  fmt::print("  differs: {}\n", shorter.mismatch->text);
  return 1;
}

int run_all(const Options& options) {
  const auto unique = std::chrono::steady_clock::now().time_since_epoch().count();
  const std::string root = fmt::format("/d{}-{}", options.seed, unique);
  const PlayerOptions place{{endpoint(options.first), endpoint(options.second)},
                            options.sessions,
                            root,
                            !options.second_is_apache};
  Player player(place);
  const auto started = std::chrono::steady_clock::now();
  const Outcome outcome = run(options, player, root);
  if (outcome.mismatch) return report_failure(options, place, outcome);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
  fmt::print("differential: seed {}: {} operations and {} events agree ({:.1f} s)\n",
             options.seed,
             player.requests(),
             player.events(),
             took.count());
  if (options.tally) {
    for (const auto& [what, count] : outcome.tally) {
      fmt::print("tally: {} {}: {}\n", jute::name(what.first), what.second, count);
    }
  }
  for (const auto& [identifier, count] : player.listed()) fmt::print("listed: {}\n", identifier);
  return 0;
}

}  // namespace
}  // namespace paddock::conformance

int main(int argc, char** argv) {
  paddock::conformance::Options options;
  paddock::arguments::App app("Compares two servers under random operations", argv[0]);
  app.option("--first", options.first, "host:port of the measure").required();
  app.option("--second", options.second, "host:port of the server under test").required();
  app.option("--seed", options.seed, "of the random operations");
  app.option("--ops", options.operations, "how many requests to compare");
  app.option("--sessions", options.sessions, "how many clients");
  app.option("--minimize-seconds", options.minimize_seconds, "for shortening a failing sequence");
  app.flag("--second-is-apache", options.second_is_apache, "accept what only Apache does");
  app.flag("--tally", options.tally, "print how often each request ended how");
  const auto taken = app.parse({argv + 1, argv + argc});
  if (!taken) return paddock::arguments::report(taken.error());
  return paddock::conformance::run_all(options);
}
