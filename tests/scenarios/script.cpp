// SPDX-License-Identifier: Apache-2.0
#include "scenarios/script.h"

#include <sstream>

namespace paddock::scenarios {
namespace {

constexpr std::string_view kIndent = "  ";

}  // namespace

std::vector<std::string> Step::words() const {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

Script parse(std::string_view text) {
  Script script;
  std::istringstream in{std::string(text)};
  std::size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (line.starts_with(kIndent) && !script.empty()) {
      script.back().trace.push_back(line);
    } else {
      script.push_back({.line = number, .text = line, .trace = {}});
    }
  }
  return script;
}

std::string render(const Script& script) {
  std::string text;
  for (const Step& step : script) {
    text += step.text + "\n";
    for (const std::string& line : step.trace) text += line + "\n";
  }
  return text;
}

}  // namespace paddock::scenarios
