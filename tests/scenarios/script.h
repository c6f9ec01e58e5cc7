// SPDX-License-Identifier: Apache-2.0
//
// A scenario as text: comments (`# …`), commands, and under each command the trace of what it came
// to, indented by two spaces or more. The first line is a comment that says what is shown. A value.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace paddock::scenarios {

struct Step {
  std::size_t line = 0;
  /// A command, a comment or an empty line, as it is written.
  std::string text;
  /// Each line with its indentation.
  std::vector<std::string> trace;

  [[nodiscard]] bool is_command() const { return !text.empty() && text.front() != '#'; }
  /// The words of a command.
  [[nodiscard]] std::vector<std::string> words() const;
};

using Script = std::vector<Step>;

[[nodiscard]] Script parse(std::string_view text);
[[nodiscard]] std::string render(const Script& script);

}  // namespace paddock::scenarios
