// SPDX-License-Identifier: Apache-2.0
#include "client_cli/command_line.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace paddock::cli {

namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr auto kGlobalsWithValue = std::to_array<std::string_view>({"--server",
                                                                    "--session-timeout",
                                                                    "--connect-timeout",
                                                                    "--timeout",
                                                                    "--auth",
                                                                    "--auth-file",
                                                                    "--token-file",
                                                                    "--ca-file",
                                                                    "--cert",
                                                                    "--key",
                                                                    "--tls-version-min",
                                                                    "-server",
                                                                    "-timeout"});

bool takes_value(const std::string& option) {
  return std::ranges::find(kGlobalsWithValue, option) != kGlobalsWithValue.end();
}

/// Appends what stands for `arguments[at]` before the command and returns where to go on.
std::size_t translate_global(std::span<const std::string> arguments,
                             std::size_t at,
                             std::vector<std::string>& into) {
  const std::string& option = arguments[at];
  const bool has_value = takes_value(option) && at + 1 < arguments.size();
  if (option == "-server" || option == "-timeout") {
    into.emplace_back(option == "-server" ? "--server" : "--session-timeout");
    if (has_value) into.push_back(arguments[at + 1] + (option == "-server" ? "" : "ms"));
    return at + 2;
  }
  if (takes_value(option)) {
    into.push_back(option);
    if (has_value) into.push_back(arguments[at + 1]);
    return at + 2;
  }
  if (option == "-r") {
    into.emplace_back("--read-only");
  } else if (option != "-waitforconnection") {
    into.push_back(option);
  }
  return at + 1;
}

}  // namespace

Result<std::vector<std::string>> split_line(View line) {
  std::vector<std::string> words;
  while (true) {
    const std::size_t start = line.find_first_not_of(kBlanks);
    if (start == View::npos) return words;
    line.remove_prefix(start);
    const char quote = line.front();
    if (quote != '"' && quote != '\'') {
      const std::size_t end = std::min(line.find_first_of(kBlanks), line.size());
      words.emplace_back(line.substr(0, end));
      line.remove_prefix(end);
      continue;
    }
    const std::size_t end = line.find(quote, 1);
    if (end == View::npos) return fail(fmt::format("a {} is not closed", quote));
    words.emplace_back(line.substr(1, end - 1));
    line.remove_prefix(end + 1);
  }
}

std::size_t find_command(std::span<const std::string> arguments) {
  std::size_t at = 0;
  while (at < arguments.size() && arguments[at].starts_with('-')) {
    at += takes_value(arguments[at]) ? 2U : 1U;
  }
  return std::min(at, arguments.size());
}

std::vector<std::string> with_two_dashes(std::span<const std::string> arguments) {
  constexpr auto kReconfigOptions =
      std::to_array<std::string_view>({"-file", "-members", "-add", "-remove"});
  std::vector<std::string> result;
  std::size_t at = 0;
  while (at < arguments.size() && arguments[at].starts_with('-')) {
    at = translate_global(arguments, at, result);
  }
  const bool is_reconfig = at < arguments.size() && arguments[at] == "reconfig";
  for (; at < arguments.size(); ++at) {
    const bool has_one_dash =
        is_reconfig && std::ranges::find(kReconfigOptions, arguments[at]) != kReconfigOptions.end();
    result.push_back((has_one_dash ? "-" : "") + arguments[at]);
  }
  return result;
}

}  // namespace paddock::cli
