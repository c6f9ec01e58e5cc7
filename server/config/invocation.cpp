// SPDX-License-Identifier: Apache-2.0
#include "config/invocation.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "config/text.h"

namespace paddock::config {
namespace {

constexpr std::string_view kUsage =
    R"(Usage: paddock-server [options] [zoo.cfg] [key=value ...]
       paddock-server <clientPort> <dataDir> [tickTime] [maxClientCnxns]

Runs a ZooKeeper-compatible server in the foreground; it logs to standard error.
A setting is taken from the first of these that has it: the command line, the
configuration file, ZOO_* variables, -D flags in SERVER_JVMFLAGS and JVMFLAGS.

Options:
  --check-config            check the configuration, print the effective one and exit
  --print-config-reference  print all keys as a Markdown table and exit
  --help                    print this text and exit
  --version                 print the version and exit
)";

constexpr std::array<std::pair<std::string_view, Action>, 6> kOptions{{
    {"--check-config", Action::CheckConfig},
    {"--print-config-reference", Action::PrintConfigReference},
    {"--help", Action::ShowHelp},
    {"-h", Action::ShowHelp},
    {"--version", Action::ShowVersion},
    {"-V", Action::ShowVersion},
}};

void add(Invocation& invocation, std::string_view key, std::string_view value) {
  invocation.overrides.push_back(
      {std::string(trimmed(key)), std::string(trimmed(value)), Layer::CommandLine, "command line"});
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

Result<> parse_positional(std::span<const std::string_view> words, Invocation& invocation) {
  constexpr std::array<std::string_view, 4> kKeys{
      "clientPort", "dataDir", "tickTime", "maxClientCnxns"};
  if (words.size() < 2 || words.size() > kKeys.size()) {
    return fail("expected <clientPort> <dataDir> [tickTime] [maxClientCnxns]; see --help");
  }
  for (std::size_t index = 0; index < words.size(); ++index) {
    add(invocation, kKeys[index], words[index]);
  }
  return {};
}

std::string_view get(const Environment& environment, std::string_view name) {
  const auto found = environment.find(name);
  return found == environment.end() ? std::string_view{} : std::string_view(found->second);
}

/// The file that ZooKeeper's scripts would take, if they were told where to look.
std::string file_of_environment(const Environment& environment) {
  std::string_view directory = get(environment, "ZOOCFGDIR");
  if (directory.empty()) directory = get(environment, "ZOO_CONF_DIR");
  std::string_view name = get(environment, "ZOOCFG");
  if (directory.empty()) return std::string(name);
  if (name.empty()) name = "zoo.cfg";
  return name.starts_with('/') ? std::string(name) : fmt::format("{}/{}", directory, name);
}

}  // namespace

Result<Invocation> parse_invocation(std::span<const std::string_view> arguments,
                                    const Environment& environment) {
  Invocation invocation;
  std::vector<std::string_view> words;
  for (const std::string_view argument : arguments) {
    if (argument.starts_with('-')) {
      const auto option =
          std::ranges::find(kOptions, argument, &decltype(kOptions)::value_type::first);
      if (option == kOptions.end()) {
        return fail(fmt::format("unknown option {}; see --help", argument));
      }
      invocation.action = option->second;
    } else if (const std::size_t equals = argument.find('='); equals != std::string_view::npos) {
      if (trimmed(argument.substr(0, equals)).empty()) {
        return fail(fmt::format("'{}' has no key before '='", argument));
      }
      add(invocation, argument.substr(0, equals), argument.substr(equals + 1));
    } else {
      words.push_back(argument);
    }
  }

  if (words.empty()) {
    invocation.file = file_of_environment(environment);
  } else if (is_number(words.front())) {
    PADDOCK_TRY(parse_positional(words, invocation));
  } else if (words.size() == 1) {
    invocation.file = words.front();
    invocation.file_is_required = true;
  } else {
    return fail(fmt::format("'{}' is neither key=value nor an option; see --help", words[1]));
  }
  return invocation;
}

std::string_view usage() {
  return kUsage;
}

}  // namespace paddock::config
