// SPDX-License-Identifier: Apache-2.0
#include "scenarios/player.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace paddock::scenarios {
namespace {

using Path = std::filesystem::path;

std::string read(const Path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return std::move(text).str();
}

/// Where two texts part.
std::string difference(const std::string& written, const std::string& happened) {
  std::istringstream a(written);
  std::istringstream b(happened);
  for (std::size_t number = 1;; ++number) {
    std::string expected;
    std::string found;
    const bool has_expected = static_cast<bool>(std::getline(a, expected));
    const bool has_found = static_cast<bool>(std::getline(b, found));
    if (!has_expected && !has_found) return "the end of the last line";
    if (has_expected != has_found || expected != found) {
      return fmt::format("{}:\n  expected: {}\n  happened: {}",
                         number,
                         has_expected ? expected : "(the end)",
                         has_found ? found : "(the end)");
    }
  }
}

bool run(const Path& file, bool rewrites, const Play& play_one) {
  const std::string written = read(file);
  const Played played = play_one(parse(written));
  const std::string happened = render(played.script);
  if (!played.error.empty()) {
    fmt::print("{}:{}\nThis is what happened:\n{}\n", file.string(), played.error, happened);
    return false;
  }
  if (happened == written) return true;
  if (rewrites) {
    std::ofstream(file) << happened;
    fmt::print("{}: rewritten\n", file.string());
    return true;
  }
  fmt::print(
      "{}:{}\nThe whole of it:\n{}\n", file.string(), difference(written, happened), happened);
  return false;
}

std::vector<Path> scenarios_in(const Path& place) {
  if (!std::filesystem::is_directory(place)) return {place};
  std::vector<Path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(place)) {
    if (entry.path().extension() == ".txt" && entry.path().filename() != "CMakeLists.txt") {
      files.push_back(entry.path());
    }
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace

Played play(const Script& written, const CarryOut& carry_out) {
  Played played{.script = written, .error = {}};
  if (written.empty() || !written.front().text.starts_with("# ")) {
    played.error = "1: the first line is a comment that says what is shown";
    return played;
  }
  bool is_traced = true;
  for (Step& step : played.script) {
    step.trace.clear();
    if (!step.is_command() || !played.error.empty()) continue;
    const std::vector<std::string> words = step.words();
    if (words.front() == "trace") {
      is_traced = words.back() == "on";
      continue;
    }
    Outcome outcome = carry_out(words);
    if (is_traced || !outcome.wrong.empty()) step.trace = std::move(outcome.trace);
    if (!outcome.wrong.empty()) {
      played.error = fmt::format("{}: {}: {}", step.line, step.text, outcome.wrong);
    }
  }
  return played;
}

int play_all(int argc, char** argv, const Play& play_one) {
  bool rewrites = false;
  std::vector<Path> files;
  for (const std::string& word : std::vector<std::string>(argv + 1, argv + argc)) {
    if (word == "--rewrite") {
      rewrites = true;
    } else {
      std::ranges::copy(scenarios_in(word), std::back_inserter(files));
    }
  }
  if (files.empty()) {
    fmt::print("usage: {} [--rewrite] DIRECTORY|FILE…\n", argv[0]);
    return EXIT_FAILURE;
  }
  const auto failed = std::ranges::count_if(
      files, [&](const Path& file) { return !run(file, rewrites, play_one); });
  fmt::print("{} scenarios, {} failed\n", files.size(), failed);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace paddock::scenarios
