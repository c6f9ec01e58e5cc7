// SPDX-License-Identifier: Apache-2.0
#include "client_cli/usage.h"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace paddock::cli {

namespace {

char lower(char letter) {
  return static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
}

/// How many letters must be put in, taken out or replaced; upper and lower case are the same.
std::size_t distance(View a, View b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (lower(a[i]) == lower(b[j]) ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::optional<std::string_view> nearest(View word, std::span<const std::string_view> names) {
  const auto distance_to = [word](std::string_view name) {
    return distance(word, name);
  };
  const auto found = std::ranges::min_element(names, {}, distance_to);
  if (found == names.end()) return std::nullopt;
  // Every second letter wrong is another word.
  if (distance_to(*found) * 2 >= std::max(word.size(), found->size())) return std::nullopt;
  return *found;
}

Failure unknown_command(View name, std::span<const std::string_view> names) {
  const auto meant = nearest(name, names);
  return {.exit_code = ExitCode::Usage,
          .message = fmt::format("Command not found: {}", name),
          .hint = meant ? fmt::format("did you mean '{}'? 'help' lists the commands", *meant)
                        : std::string("'help' lists the commands")};
}

Failure wrong_usage(const arguments::Stopped& stopped, const std::string& usage) {
  Failure failure{.exit_code = ExitCode::Usage, .message = stopped.text, .hint = "usage: " + usage};
  const std::vector<std::string>& extras = stopped.unexpected;
  if (extras.empty()) return failure;
  failure.message = fmt::format("not expected: {}", fmt::join(extras, " "));
  const bool has_option =
      std::ranges::any_of(extras, [](const std::string& extra) { return extra.starts_with('-'); });
  if (!has_option) failure.hint += "; put quotes around a value with blanks";
  return failure;
}

}  // namespace paddock::cli
